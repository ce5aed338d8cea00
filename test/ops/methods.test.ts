import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import { failure } from "../support/errors.js";

const { tensor } = library;
const x = tensor([[1, -2]]);
const other = tensor([[3, 4]]);

type Call = (...args: unknown[]) => unknown;
const functions = library as unknown as Record<string, Call>;
const methods = x as unknown as Record<string, Call>;

describe("an argument that nobody reads is refused, in functions and methods alike", () => {
  test.each<[string, unknown[], string]>([
    ["relu", [1], "1 argument stands behind the tensor; it takes none."],
    ["tanh", [{ beta: 2 }], "1 argument stands behind the tensor; it takes none."],
    ["geluTanh", ["tanh"], "1 argument stands behind the tensor; it takes none."],
    ["log2", [2], "1 argument stands behind the tensor; it takes none."],
    ["neg", [undefined], "1 argument stands behind the tensor; it takes none."],
    ["add", [other, { alpha: 2 }], "2 arguments stand behind the tensor; it takes at most 1."],
    ["sub", [other, 2], "2 arguments stand behind the tensor; it takes at most 1."],
    ["pow", [2, 3], "2 arguments stand behind the tensor; it takes at most 1."],
    ["lt", [1, 2], "2 arguments stand behind the tensor; it takes at most 1."],
    ["where", [1, 2, 3], "3 arguments stand behind the tensor; it takes at most 2."],
    ["matmul", [other, true], "2 arguments stand behind the tensor; it takes at most 1."],
    ["scatterAdd", [0, x, x, 1], "4 arguments stand behind the tensor; it takes at most 3."],
    ["permute", [[1, 0], 1], "2 arguments stand behind the tensor; it takes at most 1."],
    ["permute", [1, 0], "axes is 1; expected an array. Write permute([1, 0])."],
    ["reshape", [[2], 1], "2 arguments stand behind the tensor; it takes at most 1."],
    ["softmax", [1, "float64"], "2 arguments stand behind the tensor; it takes at most 1."],
    ["pad", [[], {}, "reflect"], "3 arguments stand behind the tensor; it takes at most 2."],
    ["zerosLike", [{ dtype: "int32" }], "1 argument stands behind the tensor; it takes none."],
    ["fill", [1, 2], "2 arguments stand behind the tensor; it takes at most 1."],
    ["detach", [3], "1 argument stands behind the tensor; it takes none."],
    ["backward", [null, {}, 1, 2], "4 arguments stand behind the tensor; it takes at most 2."],
    ["backward", [{ retainGraph: true }, {}], "2 arguments stand behind the tensor; it takes at most 1."],
  ])("%s %o", (name, args, text) => {
    expect(failure(() => methods[name](...args))).toBe(`ARGUMENT ${name}: ${text}`);
    if (Object.hasOwn(functions, name)) expect(failure(() => functions[name](x, ...args))).toBe(`ARGUMENT ${name}: ${text}`);
  });

  test("more arguments than any operation has", () => {
    expect(failure(() => methods.relu(1, 2, 3, 4, 5))).toBe("ARGUMENT relu: 5 arguments stand behind the tensor; it takes none.");
  });

  test.each(["toArray", "view", "item", "retain", "pin", "unpin"])("%s", (name) => {
    expect(failure(() => methods[name](0))).toBe(`ARGUMENT ${name}: 1 argument was given; it takes none.`);
  });
});

describe("errors say which argument is missing or wrong", () => {
  test.each<[string, unknown[], string]>([
    ["cumsum", [], "the axis is missing; expected a whole number from -2 to 1."],
    ["roll", [1], "the axis is missing; expected a whole number from -2 to 1."],
    ["roll", ["1", 0], 'shift is "1"; expected a whole number.'],
    ["unsqueeze", [], "the axis is missing; expected a whole number from -3 to 2."],
    ["addScaled", [], "y is undefined; expected a tensor. Wrap it with tensor(…)."],
    ["addScaled", [other, "2"], 'scale is "2"; expected a number.'],
    ["fill", [Symbol("s")], "the value is Symbol(s); expected a number."],
    ["fill", [5n], "the value is the BigInt 5n; expected a number."],
    ["linear", ["w"], 'weight is "w"; expected a tensor. Wrap it with tensor(…).'],
    ["backward", ["x"], 'the gradient to start from is "x"; expected a tensor. Wrap it with tensor(…).'],
  ])("%s %o", (name, args, text) => expect(failure(() => methods[name](...args))).toBe(`ARGUMENT ${name}: ${text}`));

  test("a tensor is not made with new", () => {
    const make = (): unknown => new (library.Tensor as unknown as new (values: number[]) => unknown)([1, 2]);
    expect(failure(make)).toBe("ARGUMENT Tensor: a tensor is not made with new. Write tensor([1, 2, 3]).");
  });
});
