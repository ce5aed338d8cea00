import { describe, expect, test } from "vitest";
import { tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const x = tensor([
  [1, 5],
  [7, 2],
]);

/** A call that TypeScript refuses. */
const call = (method: string, ...args: unknown[]): unknown =>
  (x as unknown as Record<string, (...args: unknown[]) => unknown>)[method](...args);

const REDUCTIONS = ["sum", "mean", "prod", "logSumExp", "variance", "std", "norm", "max", "min", "argmax", "argmin"];

describe("the axes among the options", () => {
  test.each(REDUCTIONS)("%s", (method) => {
    const name = method.startsWith("arg") ? "axis" : "axes";
    expect(call(method, { [name]: 1, keepDims: true })).toEqual(call(method, 1, { keepDims: true }));
    expect(call(method, { keepDims: true })).toEqual(call(method, undefined, { keepDims: true }));
    expect(call(method, {})).toEqual(call(method));
    expect(call(method, 1, { keepDims: false })).toEqual(call(method, 1));
  });
  test("sort and topk", () => {
    expect(x.sort({ axis: 0, descending: true })).toEqual(x.sort(0, { descending: true }));
    expect(x.sort({ descending: true })).toEqual(x.sort(-1, { descending: true }));
    expect(x.topk(1, { axis: 0, largest: false })).toEqual(x.topk(1, 0, { largest: false }));
    expect(x.topk(1, { largest: false }).values.toArray()).toEqual([[1], [2]]);
  });
  test("options of other operations", () => {
    expect(x.variance({ axes: [0, 1], correction: 0 }).item()).toBe(x.variance([0, 1], { correction: 0 }).item());
    expect(x.norm({ axes: 0, p: 1 }).toArray()).toEqual([8, 7]);
  });
});

describe("errors", () => {
  test.each(REDUCTIONS)("%s: a flag in place, an argument too many, an unknown option", (method) => {
    const name = method.startsWith("arg") ? "axis" : "axes";
    expect(failure(() => call(method, 1, true))).toBe(
      `ARGUMENT ${method}: the options are true; expected an object. Write ${method}(1, { keepDims: true }).`,
    );
    expect(failure(() => call(method, 1, {}, 3))).toBe(`ARGUMENT ${method}: 3 arguments stand behind the tensor; it takes at most 2.`);
    expect(failure(() => call(method, 1, { keepdims: true }))).toMatch(/unknown option "keepdims".*Did you mean "keepDims"\?$/);
    expect(failure(() => call(method, { keepDims: 1 }))).toBe(`ARGUMENT ${method}: keepDims is 1; expected true or false.`);
    expect(failure(() => call(method, { [name]: 1 }, { keepDims: true }))).toBe(
      `ARGUMENT ${method}: an options object stands where the ${name} stand, and another behind it; expected one. Write ${method}(${name}, { … }) or ${method}({ ${name}: …, … }).`,
    );
    expect(failure(() => call(method, { foo: 1 }))).toMatch(new RegExp(`unknown option "foo". Known: ${name}, `));
  });
  test.each([
    ["sort", [1, true], "sort: the options are true; expected an object. Write sort(1, { descending: true })."],
    ["sort", [{}, true], "sort: the options are true; expected an object. Write sort(axis, { descending: true })."],
    ["sort", [0, null], "sort: the options are null; expected an object. Write sort(0, { descending: … })."],
    ["sort", [0, {}, 0], "sort: 3 arguments stand behind the tensor; it takes at most 2."],
    ["topk", [1, 0, false], "topk: the options are false; expected an object. Write topk(…, 0, { largest: false })."],
    ["topk", [1, 0, {}, 0], "topk: 4 arguments stand behind the tensor; it takes at most 3."],
    ["topk", [undefined], "topk: k is undefined; expected a whole number from 1 to 2."],
    ["sum", [[0, 1], "yes"], 'sum: the options are "yes"; expected an object. Write sum([0, 1], { keepDims: … }).'],
    ["norm", [2, 1, true], "norm: the options are 1; expected an object. Write norm(1, { p: 2 })."],
  ])("%s %o", (method, args, text) => expect(failure(() => call(method, ...args))).toBe(`ARGUMENT ${text}`));
});
