import { describe, expect, test } from "vitest";
import { add, type DType, div, mul, pow, type Tensor, tensor, where } from "../../src/index.js";
import {
  asFloating,
  checkOperandDType,
  constant,
  describeOperands,
  fitting,
  floating,
  promoted,
  unwrapped,
} from "../../src/ops/operands.js";
import { failure } from "../support/errors.js";

const TYPES = ["bool", "uint8", "int32", "float32", "float64"] as const;

/** torch.promote_types, of types in the order of TYPES. */
const PROMOTED: readonly (readonly DType[])[] = [
  ["bool", "uint8", "int32", "float32", "float64"],
  ["uint8", "uint8", "int32", "float32", "float64"],
  ["int32", "int32", "int32", "float32", "float64"],
  ["float32", "float32", "float32", "float32", "float64"],
  ["float64", "float64", "float64", "float64", "float64"],
];

/** torch.result_type of a tensor with axes (rows) and one without (columns). */
const BESIDE_SCALAR: readonly (readonly DType[])[] = [
  ["bool", "uint8", "int32", "float32", "float64"],
  ["uint8", "uint8", "uint8", "float32", "float64"],
  ["int32", "int32", "int32", "float32", "float64"],
  ["float32", "float32", "float32", "float32", "float32"],
  ["float64", "float64", "float64", "float64", "float64"],
];

/** torch.result_type of a tensor and a Python number: whole, fraction. */
const BESIDE_NUMBER: readonly (readonly [DType, DType])[] = [
  ["int32", "float32"],
  ["uint8", "float32"],
  ["int32", "float32"],
  ["float32", "float32"],
  ["float64", "float64"],
];

const vector = (dtype: DType): Tensor => tensor([1, 0], { dtype });
const scalar = (dtype: DType): Tensor => tensor(1, { dtype });
const pairs = TYPES.flatMap((a, i) => TYPES.map((b, j) => [a, b, i, j] as const));

describe("promotion", () => {
  test.each(pairs)("%s with %s", (a, b, i, j) => {
    expect(add(vector(a), vector(b)).dtype).toBe(PROMOTED[i][j]);
    expect(mul(scalar(a), scalar(b)).dtype).toBe(PROMOTED[i][j]);
    expect(where(tensor([true]), vector(a), vector(b)).dtype).toBe(PROMOTED[i][j]);
  });

  test.each(pairs)("%s [2] with %s []", (a, b, i, j) => {
    expect(add(vector(a), scalar(b)).dtype).toBe(BESIDE_SCALAR[i][j]);
    expect(add(scalar(b), vector(a)).dtype).toBe(BESIDE_SCALAR[i][j]);
  });

  test("one element with an axis is no scalar", () => {
    expect(add(vector("float32"), tensor([1], { dtype: "float64" })).dtype).toBe("float64");
  });

  test.each(TYPES.map((dtype, i) => [dtype, ...BESIDE_NUMBER[i]] as const))("%s with numbers", (dtype, whole, fraction) => {
    for (const x of [vector(dtype), scalar(dtype)]) {
      expect(add(x, 2).dtype).toBe(whole);
      expect(add(2, x).dtype).toBe(whole);
      for (const number of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(mul(x, number).dtype).toBe(fraction);
    }
  });

  test.each(pairs)("quotients and powers of %s and %s are floating", (a, b, i, j) => {
    const expected = PROMOTED[i][j] === "float64" ? "float64" : "float32";
    expect(div(vector(a), vector(b)).dtype).toBe(expected);
    expect(pow(vector(a), vector(b)).dtype).toBe(expected);
    expect(div(vector(a), 2).dtype).toBe(a === "float64" ? "float64" : "float32");
    expect(pow(vector(a), 2).dtype).toBe(a === "float64" ? "float64" : "float32");
  });

  test("of int32 and float64 loses no digit on the way", () => {
    expect(div(tensor([16777217], { dtype: "int32" }), tensor([1], { dtype: "float64" })).data[0]).toBe(16777217);
  });
});

describe("promoted", () => {
  test("gives tensors of one type back as they are", () => {
    const [a, b] = [vector("int32"), vector("int32")];
    const [x, y] = promoted("op", a, b) ?? [];
    expect([x === a, y === b]).toEqual([true, true]);
  });
  test("keeps the order", () => {
    const x = vector("float32");
    expect(promoted("op", 3, x)?.[0].item()).toBe(3);
    expect(promoted("op", x, 3)?.[1].item()).toBe(3);
  });
  test("wants a tensor and another operand", () => {
    const text = (a: string, b: string): string =>
      `ARGUMENT op: the operands are ${a} and ${b}; expected tensors or numbers, at least one a tensor.`;
    const wrong: [unknown, unknown, string][] = [
      [1, 2, text("1", "2")],
      [vector("bool"), {}, text("a tensor", "an object")],
      [new Map(), vector("bool"), text("a Map", "a tensor")],
      [() => 1, vector("bool"), text("a function", "a tensor")],
    ];
    for (const [a, b, message] of wrong) {
      expect(promoted("op", a as never, b as never)).toBe(null);
      expect(failure(() => describeOperands("op", a, b, [a, b]))).toBe(message);
    }
  });
});

describe("the type in which a number meets a tensor", () => {
  test("asFloating", () => {
    expect(TYPES.map((dtype) => asFloating(300, dtype, "op"))).toEqual(["float32", "float32", "float32", "float32", "float64"]);
  });
  test("unwrapped", () => {
    expect([5, 300, -1, 2 ** 31, 0.5].map((value) => unwrapped(value, "uint8", "op"))).toEqual([
      "uint8",
      "int32",
      "int32",
      "float64",
      "float32",
    ]);
    expect([5, 2 ** 31, -(2 ** 31) - 1].map((value) => unwrapped(value, "int32", "op"))).toEqual(["int32", "float64", "float64"]);
    expect([5, 1e300].map((value) => unwrapped(value, "float32", "op"))).toEqual(["float32", "float32"]);
  });
  test("fitting", () => {
    expect(fitting(255, "uint8", "op")).toBe("uint8");
    expect(failure(() => fitting(256, "uint8", "op"))).toBe(
      `DTYPE op: 256 does not fit into the tensor's type uint8. Convert the tensor with cast("int32").`,
    );
  });
});

describe("constant", () => {
  test("is made once a number and type", () => {
    expect(constant(2.5, "float32")).toBe(constant(2.5, "float32"));
    expect(constant(2, "int32")).not.toBe(constant(2, "float32"));
    expect(constant(Number.NaN, "float32")).toBe(constant(Number.NaN, "float32"));
  });
  test("tells −0 from 0", () => {
    expect([constant(0, "float32").item(), constant(-0, "float32").item(), constant(0, "float32").item()]).toEqual([0, -0, 0]);
    expect(Array.from(tensor([1]).div(-0).data)).toEqual([Number.NEGATIVE_INFINITY]);
  });
  test("works for more numbers than are kept", () => {
    for (let i = 0; i < 1500; i++)
      expect(
        tensor([1])
          .add(i + 0.25)
          .item(),
      ).toBe(i + 1.25);
  });
});

test("floating makes float32 of what is not floating", () => {
  expect(TYPES.map((dtype) => floating(vector(dtype)).dtype)).toEqual(["float32", "float32", "float32", "float32", "float64"]);
});

test("checkOperandDType names what it wants", () => {
  expect(failure(() => checkOperandDType("gather", "index", vector("float32"), ["int32", "uint8"]))).toBe(
    'DTYPE gather: index has dtype float32; expected int32 or uint8. Convert it with cast("int32").',
  );
});
