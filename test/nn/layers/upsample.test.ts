import { expect, test } from "vitest";
import { interpolate, randn, Upsample, type UpsampleOptions } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test.each([
  { scaleFactor: 2 },
  { scaleFactor: [2, 0.5], mode: "bilinear", alignCorners: true },
  { size: [3, 9], mode: "bicubic" },
  { size: 2, mode: "area" },
] as UpsampleOptions[])("does what interpolate does: %o", (options) => {
  const x = randn([2, 3, 4, 6], { requiresGrad: true });
  const results = [new Upsample(options).forward(x), interpolate(x, options)].map((y) => {
    x.grad = null;
    y.mul(y).sum().backward();
    return [y.shape, y.data, x.grad];
  });
  expect(results[0]).toEqual(results[1]);
});

test("options that do not go together are refused at once", () => {
  expect(failure(() => new Upsample({}))).toContain("ARGUMENT Upsample: neither size nor scaleFactor is given");
  expect(failure(() => new Upsample({ size: 3, alignCorners: true }))).toContain('alignCorners is given with mode "nearest"');
  expect(failure(() => new Upsample({ scaleFactor: 2, mode: "linear" }).forward(randn([1, 1, 2, 2])))).toBe(
    'SHAPE Upsample: x has shape [1, 1, 2, 2]; mode "linear" takes [n, c, l].',
  );
});
