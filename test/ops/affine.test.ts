import { describe, expect, test } from "vitest";
import { grad, manualSeed, randn, type Tensor, tensor } from "../../src/index.js";
import { fusedOf } from "../../src/nn/activations.js";
import { Dense } from "../../src/nn/index.js";
import { affine } from "../../src/ops/affine.js";
import { type Epilogue, type EpilogueName, epilogueOf } from "../../src/ops/epilogue.js";
import { checkOp } from "../support/checkOp.js";
import { builds, withBuild } from "../support/kernels.js";

const CASES: [EpilogueName, Record<string, number>, (x: Tensor) => Tensor][] = [
  ["relu", {}, (x) => x.relu()],
  ["tanh", {}, (x) => x.tanh()],
  ["elu", { alpha: 0.7 }, (x) => x.elu(0.7)],
  ["leakyRelu", { slope: 0.3 }, (x) => x.leakyRelu(0.3)],
  ["leakyRelu", { slope: 0 }, (x) => x.leakyRelu(0)],
];

const SHAPES = [[1, 1, 1], [4, 2, 8], [3, 5, 4], [17, 9, 8], [5, 64, 17], [40, 33, 70], [0, 3, 2]]; // biome-ignore format: a table

describe.each(CASES)("%s %j", (name, options, activate) => {
  const epilogue = epilogueOf(name, options) as Epilogue;

  test.each(SHAPES.filter(([rows]) => rows < 40))("%i×%i → %i has the values and gradients of its formulas", (rows, inputs, outputs) => {
    checkOp({
      op: (x, w, b) => affine(x, w, b, epilogue),
      shapes: [[rows, inputs], [outputs, inputs], [outputs]],
      result: [rows, outputs],
      seed: 7,
    });
    checkOp({ op: (x, w) => affine(x, w, null, epilogue), shapes: [[2, rows, inputs], [outputs, inputs]], seed: 8 }); // biome-ignore format: one line
  });

  test.each(SHAPES)("%i×%i → %i has the bits of the two operations, forward and backward", (rows, inputs, outputs) => {
    manualSeed(rows + outputs);
    const [x, w, b, g] = [randn([rows, inputs]), randn([outputs, inputs]), randn([outputs]), randn([rows, outputs])];
    const run = (op: (x: Tensor, w: Tensor, b: Tensor) => Tensor) => {
      const leaves = [x, w, b].map((leaf) => tensor(leaf.data, { shape: leaf.shape, requiresGrad: true })) as [Tensor, Tensor, Tensor];
      const y = op(...leaves);
      return [[...y.data], ...grad(y, leaves, { gradOutputs: [g] }).map(({ data }) => [...data])];
    };
    for (const build of builds) {
      withBuild(build, () => expect(run((...operands) => affine(...operands, epilogue))).toEqual(run((...all) => activate(all[0].linear(all[1], all[2]))))); // biome-ignore format: one line
    }
  });
});

test("a gradient that something else reads is not overwritten", () => {
  const [w, v] = [tensor([[1, -1], [2, 1]], { requiresGrad: true }), tensor([[1, 1], [1, 1]], { requiresGrad: true })]; // biome-ignore format: one line
  const x = tensor([[1, 2]]);
  // add hands one and the same gradient to both of its operands; here the product reads it last.
  const plain = x.matmul(v);
  plain
    .add(affine(x, w, null, epilogueOf("relu", {})))
    .sum()
    .backward();
  expect(w.grad?.toArray()).toEqual([[0, 0], [1, 2]]); // biome-ignore format: one line
  expect(v.grad?.toArray()).toEqual([[1, 1], [2, 2]]); // biome-ignore format: one line
});

test("changing the result in place before backward is an error, since the gradient reads it", () => {
  const w = tensor([[1, 2]], { requiresGrad: true });
  const y = affine(tensor([[1, 1]]), w, null, epilogueOf("tanh", {}));
  y.storage.changed("fill");
  expect(() => y.sum().backward()).toThrow('"linear" saved its result [1, 1] for the gradient, but "fill" changed it');
});

describe("Dense", () => {
  test("fuses what it can: with the bits of an activation that comes after", () => {
    for (const activation of ["relu", "tanh", "elu", { name: "leakyRelu", slope: 0.2 }] as const) {
      manualSeed(3);
      const fused = new Dense(5, { activation, inputShape: [3] });
      manualSeed(3);
      const plain = new Dense(5, { inputShape: [3] });
      const x = randn([4, 3]);
      const name = typeof activation === "string" ? activation : activation.name;
      const y = fused.forward(x);
      expect((y.origin as unknown as { operation: { name: string } }).operation.name).toBe("linear");
      expect([...y.data]).toEqual([...(plain.forward(x) as Tensor & Record<string, (slope?: number) => Tensor>)[name](name === "leakyRelu" ? 0.2 : undefined).data]); // biome-ignore format: one line
    }
  });

  test("leaves the others to operations of their own", () => {
    for (const spec of [
      "sigmoid",
      "softmax",
      "gelu",
      "silu",
      "linear",
      { name: "leakyRelu", slope: -0.1 },
      { name: "elu", alpha: -1 },
    ] as const)
      expect(fusedOf(spec)).toBe(null);
    expect(fusedOf((x) => x)).toBe(null);
    expect(() => new Dense(2, { activation: { name: "elu", alpha: -1 } }).forward(tensor([[1]]))).toThrow("elu: alpha is -1");
  });
});
