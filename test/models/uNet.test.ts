import { expect, test } from "vitest";
import { Adam, binaryCrossEntropy, deserializeModel, manualSeed, noGrad, randn, zeros } from "../../src/index.js";
import * as models from "../../src/models.js";
import { failure } from "../support/errors.js";

test("gives every pixel a logit: bright discs are told from the ground", () => {
  manualSeed(1);
  const net = models.uNet({ depth: 2, width: 4, inputShape: [1, 16, 16] });
  const squares = zeros([8, 1, 16, 16]);
  for (let i = 0; i < 8; i++) {
    for (let row = 0; row < 6; row++) squares.storage.write(new Float32Array(6).fill(1), "test", 256 * i + 16 * (row + i) + 2 + i);
  }
  const images = squares.add(randn([8, 1, 16, 16]).mul(0.3));
  const optimizer = new Adam(net.parameters(), { learningRate: 0.02 });
  for (let step = 0; step < 25; step++) {
    binaryCrossEntropy(net.forward(images), squares).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  const found = noGrad(() => net.forward(images)).gt(0);
  const both = found.cast("float32").mul(squares).sum().item();
  const either = found.cast("float32").maximum(squares).sum().item();
  expect(both / either).toBeGreaterThan(0.9);
});

test("takes images of any extents that its halvings divide, and is saved", () => {
  const net = models.uNet({ depth: 2, width: 4, classes: 3 });
  const x = randn([2, 3, 8, 12]);
  const y = noGrad(() => net.eval().forward(x));
  expect(y.shape).toEqual([2, 3, 8, 12]);
  expect(net.outputShape(x.shape)).toEqual(y.shape);
  expect(deserializeModel(net.serialize(), { custom: models }).eval().forward(x).toArray()).toEqual(y.toArray());
  expect(failure(() => net.forward(zeros([2, 3, 10, 12])))).toBe(
    "SHAPE UNet: x has shape [2, 3, 10, 12]; expected extents that 4 divides. Pad the images to 12 × 12.",
  );
});
