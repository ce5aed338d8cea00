import { expect, test } from "vitest";
import {
  capture,
  FractionalMaxPool2d,
  FractionalMaxPool3d,
  grad,
  manualSeed,
  randn,
  recompute,
  Sequential,
  type Tensor,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

/** Results of some forwards of a layer in a model. */
function results(run: (net: Sequential, x: Tensor) => Tensor, training = true): unknown[] {
  manualSeed(1);
  const x = randn([2, 3, 20, 20]);
  const net = new Sequential([new FractionalMaxPool2d(2, { outputRatio: 0.7 })]).train(training);
  return [1, 2, 3, 4].map(() => run(net, x).toArray());
}

test("windows are drawn anew at each forward in training, captured too, and by the seed; in evaluation they stay", () => {
  const drawn = results((net, x) => net.forward(x));
  expect(drawn).toEqual(results((net, x) => net.forward(x)));
  expect(drawn[1]).not.toEqual(drawn[0]);
  let step: ((x: Tensor) => Tensor) | null = null;
  expect(
    results((net, x) => {
      step ??= capture((x: Tensor) => net.forward(x));
      return step(x);
    }),
  ).toEqual(drawn);
  const still = results((net, x) => net.forward(x), false);
  expect(still[1]).toEqual(still[0]);
});

test("each sample and each channel has windows of its own", () => {
  manualSeed(2);
  const x = randn([1, 1, 20, 20]).expand([2, 2, 20, 20]);
  const planes = new FractionalMaxPool2d(2, { outputSize: 14 })
    .forward(x)
    .reshape([4, 14 * 14])
    .toArray() as number[][];
  expect(new Set(planes.map((plane) => plane.join())).size).toBe(4);
});

test("recompute draws the same windows twice", () => {
  manualSeed(3);
  const layer = new FractionalMaxPool3d(2, { outputSize: 4 });
  const x = randn([1, 1, 6, 6, 6], { requiresGrad: true });
  const y = recompute((x: Tensor) => layer.forward(x), x);
  const sum = y.sum().item();
  const [g] = grad(y.sum(), [x]);
  expect(g.mul(x).sum().item()).toBeCloseTo(sum, 4);
});

test("errors tell the layer", () => {
  expect(failure(() => new FractionalMaxPool2d(2, {}))).toBe(
    "ARGUMENT FractionalMaxPool2d: neither outputSize nor outputRatio is given; expected one of them. Write { outputRatio: 0.7 }.",
  );
  expect(failure(() => new FractionalMaxPool2d(2, { outputSize: 9 }).forward(randn([1, 1, 9, 9])))).toMatch(
    /^SHAPE FractionalMaxPool2d: \[9, 9\] windows/,
  );
});
