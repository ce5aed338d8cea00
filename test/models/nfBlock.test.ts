import { expect, test } from "vitest";
import { capture, deserializeModel, manualSeed, noGrad, randn, Sequential, type Tensor } from "../../src/index.js";
import * as models from "../../src/models.js";
import { failure } from "../support/errors.js";

test("starts as its shortcut", () => {
  const x = randn([2, 4, 6, 6]);
  expect(new models.NFBlock(4, 4).forward(x).toArray()).toEqual(x.toArray());
  const halved = new models.NFBlock(4, 8, { stride: 2 });
  expect(halved.forward(x).shape).toEqual([2, 8, 3, 3]);
  expect(halved.outputShape(x.shape)).toEqual([2, 8, 3, 3]);
});

test("keeps the variance of its signal, without normalisation: 1 + alpha² a block at most", () => {
  manualSeed(2);
  const net = new Sequential(Array.from({ length: 20 }, (_, i) => new models.NFBlock(32, 32, { deviation: Math.sqrt(1 + 0.04 * i) })));
  for (const block of net.layers as models.NFBlock[]) block.skipGain.storage.write(new Float32Array([1]), "test");
  const y = noGrad(() => net.forward(randn([4, 32, 8, 8])));
  const variance = y.variance().item();
  expect(variance).toBeGreaterThan(0.7);
  expect(variance).toBeLessThan(3);
});

test("all of it is trained; it is saved, and captured", () => {
  manualSeed(3);
  const net = new Sequential([new models.NFBlock(4, 8, { stride: 2, groupWidth: 2, activation: "silu" })]);
  const [block] = net.layers as models.NFBlock[];
  block.skipGain.storage.write(new Float32Array([0.5]), "test");
  const x = randn([2, 4, 6, 6]);
  const step = (input: Tensor): Tensor => {
    const loss = net.forward(input).square().mean();
    loss.backward();
    return loss;
  };
  const eager = step(x).item();
  for (const [name, { grad }] of net.namedParameters())
    expect(
      grad?.data.some((value) => value !== 0),
      name,
    ).toBe(true);
  const captured = capture(step);
  for (let i = 0; i < 4; i++) expect(captured(x).item()).toBe(eager);
  const again = deserializeModel(net.serialize(), { custom: models });
  expect(noGrad(() => again.forward(x)).toArray()).toEqual(noGrad(() => net.forward(x)).toArray());
});

test("errors", () => {
  expect(failure(() => new models.NFBlock(4, 12, { groupWidth: 4 }))).toContain("ARGUMENT NFBlock: groups is 4, which does not divide");
  expect(failure(() => new models.NFBlock(4, 8, { activation: "tanh" as never }))).toContain(
    'ARGUMENT NFBlock: activation is "tanh"; expected "gelu", "silu" or "relu".',
  );
});
