/** The large models of the papers, whole but for the resolution: each is run, and takes a training step. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { runProgram } from "../support/program.js";
import { root } from "../support/repository.js";

test.each([
  ["alexNet()", 64],
  ["vgg11()", 32],
  ["vgg16()", 32],
  ["vgg19()", 32],
  ["resNet18()", 64],
  ["resNet34()", 64],
  ["resNet50()", 64],
  ["denseNet121()", 64],
  ["googLeNet()", 64],
  ["inceptionResNet()", 32],
  ["cifarResNet(56)", 32],
  ["cifarResNet(110)", 32],
  ["cifarResNet(110, { skip: false })", 32],
  ["uNet()", 64],
])("%s, %i pixels a side", async (make, extent) => {
  const { before, after, silent } = await runProgram<{ before: number; after: number; silent: string[] }>(`
    import * as models from ${JSON.stringify(join(root, "src/models.ts"))};
    lib.manualSeed(1);
    const net = models.${make};
    const x = lib.randn([4, 3, ${extent}, ${extent}]);
    const first = net.forward(x);
    const y = first.rank === 2 ? lib.randint(0, 10, [4]) : lib.rand(first.shape);
    const loss = () => (first.rank === 2 ? lib.crossEntropy(net.forward(x), y) : lib.binaryCrossEntropy(net.forward(x), y));
    const optimizer = new lib.SGD(net.parameters(), { learningRate: 1e-3 });
    const step = loss();
    const before = step.item();
    step.backward();
    const silent = [...net.namedParameters()].filter(([, { grad }]) => grad === null || !grad.data.every(Number.isFinite)).map(([name]) => name);
    optimizer.step();
    optimizer.zeroGrad();
    report({ before, after: loss().item(), silent });
  `);
  expect(silent).toEqual([]);
  expect(Number.isFinite(before) && Number.isFinite(after)).toBe(true);
  expect(after).not.toBe(before);
});
