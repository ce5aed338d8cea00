import { expect, test } from "vitest";
import { input, prelu, tensor } from "../../../src/index.js";
import { checkOp } from "../../support/checkOp.js";
import { failure } from "../../support/errors.js";

test.each([
  [[17], [1]],
  [[3, 4], [4]],
  [[2, 3, 2, 2], [3]],
  [[2, 3, 2], [1]],
  [[0, 3], [3]],
])("prelu of %j and a weight %j", (x, weight) => checkOp({ op: prelu, shapes: [x, weight], result: x }));

test("the weight is a scalar, of another type, missing", () => {
  expect(prelu(tensor([-4, 1]), tensor(0.5)).toArray()).toEqual([-2, 1]);
  expect(prelu(tensor([-4, 1], { dtype: "int32" }), tensor([0.5])).toArray()).toEqual([-2, 1]);
  expect(failure(() => prelu(tensor([1]), 0.25 as never))).toBe(
    "ARGUMENT prelu: weight is 0.25; expected a tensor. Wrap it with tensor(…).",
  );
  expect(failure(() => prelu(input([3]), tensor([0.25])))).toMatch(/Use the layer: new PReLU\(…\)\.forward\(x\)\.$/);
});
