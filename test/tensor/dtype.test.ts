import { describe, expect, test } from "vitest";
import type { DType } from "../../src/index.js";
import { checkDType, checkFloating, holds, isFloating, numberDType, promote, promoteTensors } from "../../src/tensor/dtype.js";
import { failure } from "../support/errors.js";

const TYPES: DType[] = ["bool", "uint8", "int32", "float32", "float64"];

describe("promote", () => {
  test("takes the higher of the two, whatever the order", () => {
    TYPES.forEach((a, i) => {
      TYPES.forEach((b, j) => {
        expect(promote(a, b)).toBe(TYPES[Math.max(i, j)]);
        expect(promoteTensors({ dtype: a, rank: 1 }, { dtype: b, rank: 2 })).toBe(promote(a, b));
        expect(promoteTensors({ dtype: a, rank: 0 }, { dtype: b, rank: 0 })).toBe(promote(a, b));
      });
    });
  });

  test("a scalar only raises the kind", () => {
    const beside = (a: DType, scalar: DType): DType => promoteTensors({ dtype: a, rank: 1 }, { dtype: scalar, rank: 0 });
    expect(beside("uint8", "int32")).toBe("uint8");
    expect(beside("float32", "float64")).toBe("float32");
    expect(beside("int32", "float64")).toBe("float64");
    expect(beside("bool", "uint8")).toBe("uint8");
    expect(promoteTensors({ dtype: "float64", rank: 0 }, { dtype: "float32", rank: 3 })).toBe("float32");
  });
});

test("numberDType never widens within the kind", () => {
  expect(TYPES.map((dtype) => numberDType(1, dtype))).toEqual(["int32", "uint8", "int32", "float32", "float64"]);
  expect(TYPES.map((dtype) => numberDType(0.5, dtype))).toEqual(["float32", "float32", "float32", "float32", "float64"]);
  expect(numberDType(Number.NaN, "int32")).toBe("float32");
  expect(numberDType(1e300, "float32")).toBe("float32");
});

test("isFloating", () => expect(TYPES.filter(isFloating)).toEqual(["float32", "float64"]));

test("holds", () => {
  const held = (dtype: DType): number[] =>
    [-(2 ** 31) - 1, -(2 ** 31), -1, -0, 0, 1, 2, 255, 256, 2 ** 31 - 1, 2 ** 31].filter((x) => holds(dtype, x));
  expect(held("bool")).toEqual([-0, 0, 1]);
  expect(held("uint8")).toEqual([-0, 0, 1, 2, 255]);
  expect(held("int32")).toEqual([-(2 ** 31), -1, -0, 0, 1, 2, 255, 256, 2 ** 31 - 1]);
  expect(held("float32").length).toBe(11);
  for (const value of [0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(TYPES.filter((dtype) => holds(dtype, value))).toEqual(["float32", "float64"]);
  }
});

describe("checkDType", () => {
  test("knows five names", () => expect(TYPES.map((dtype) => checkDType("op", dtype))).toEqual(TYPES));
  const known = "Known: float32, float64, int32, uint8, bool.";
  test.each<[unknown, string]>([
    ["float", `"float". ${known} Did you mean "float32"?`],
    ["FLOAT32", `"FLOAT32". ${known} Did you mean "float32"?`],
    ["boolean", `"boolean". ${known} Did you mean "bool"?`],
    ["complex", `"complex". ${known}`],
    ["toString", `"toString". ${known}`],
    ["", `"". ${known}`],
    [undefined, `undefined. ${known}`],
    [null, `null. ${known}`],
    [32, `32. ${known}`],
    [{}, `an object. ${known}`],
  ])("%j", (dtype, text) => expect(failure(() => checkDType("op", dtype))).toBe(`DTYPE op: unknown dtype ${text}`));
});

test("checkFloating", () => {
  checkFloating("op", "float64");
  expect(failure(() => checkFloating("op", "bool"))).toBe("DTYPE op: dtype is bool; expected float32 or float64.");
});
