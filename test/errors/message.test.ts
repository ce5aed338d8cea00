import { describe, expect, test } from "vitest";
import * as errors from "../../src/errors/errors.js";
import { bytesText, didYouMean, kindText, message, shapeText } from "../../src/errors/message.js";

describe("errors", () => {
  const { SimdgradError, ...kinds } = errors;

  test("have stable codes", () => {
    const codes = Object.entries(kinds).map(([name, Kind]) => [name, new Kind("x").code]);
    expect(Object.fromEntries(codes)).toEqual({
      ShapeError: "SHAPE",
      DTypeError: "DTYPE",
      IndexError: "INDEX",
      ArgumentError: "ARGUMENT",
      GraphError: "GRAPH",
      ReleasedError: "RELEASED",
      MemoryError: "MEMORY",
      KernelError: "KERNEL",
      PeerError: "PEER",
      DivergedError: "DIVERGED",
    });
  });

  test.each(Object.entries(kinds))("%s is a SimdgradError, an Error, and says its name", (name, Kind) => {
    const error = new Kind("matmul: no.");
    expect(error).toBeInstanceOf(SimdgradError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: matmul: no.`);
  });
});

test("message puts the operation first and the remedy last", () => {
  expect(message("matmul", "inner dimensions differ: a [2, 3] · b [4, 5]", "Transpose b.")).toBe(
    "matmul: inner dimensions differ: a [2, 3] · b [4, 5]. Transpose b.",
  );
  expect(message("item", "no element")).toBe("item: no element.");
});

test("shapeText writes shapes as users do", () => {
  expect(shapeText([])).toBe("[]");
  expect(shapeText([2, 3])).toBe("[2, 3]");
});

test.each<[unknown, string]>([
  [3, "3"],
  [Number.NaN, "NaN"],
  ["3", '"3"'],
  [undefined, "undefined"],
  [null, "null"],
  [true, "true"],
  [1n, "the BigInt 1n"],
  [[1, 2], "an array of length 2"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [new Map(), "a Map"],
  [new Int32Array(1), "an Int32Array"],
  [new Uint8Array(1), "a Uint8Array"],
  [() => 1, "a function"],
  [Symbol("s"), "Symbol(s)"],
])("kindText says what %s is", (value, text) => {
  expect(kindText(value)).toBe(text);
});

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [1000, "1000 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [1024 * 1024 - 1, "1.0 MiB"],
  [16 * 1024 * 1024, "16 MiB"],
  [4 * 1024 * 1024 * 1024, "4 GiB"],
  [5000 * 1024 * 1024 * 1024, "5000 GiB"],
])("bytesText(%i) is %s", (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

describe("didYouMean", () => {
  const known = ["adam", "adamW", "sgd", "rmsprop", "learningRate", "js"];

  test.each([
    ["adamm", "adam"],
    ["Adam", "adam"],
    ["adamw", "adamW"],
    ["sdg", "sgd"],
    ["RMSProp", "rmsprop"],
    ["learning_rate", "learningRate"],
    ["lerningrat", "learningRate"],
    ["j", ""],
    ["lr", ""],
    ["", ""],
    ["momentum", ""],
    ["x", ""],
    ["qq", ""],
  ])("%s: %s", (name, expected) => {
    expect(didYouMean(name, known)).toBe(expected ? ` Did you mean "${expected}"?` : "");
  });

  test("takes the nearest", () => {
    expect(didYouMean("adamx", ["adamax", "adam"])).toBe(' Did you mean "adamax"?');
  });

  test("knows nothing of nothing", () => {
    expect(didYouMean("adam", [])).toBe("");
  });
});
