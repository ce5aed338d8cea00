import { describe, expect, test } from "vitest";
import { arange, type DType, eye, full, linspace, ones, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/errors.js";

const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];
const TYPES: DType[] = ["float32", "float64", "int32", "uint8", "bool"];
const KNOWN = "Known: float32, float64, int32, uint8, bool.";

/** Type, shape, elements. */
const facts = (x: Tensor): [DType, readonly number[], number[]] => [x.dtype, x.shape, Array.from(x.data)];

describe("tensor", () => {
  test.each<[string, () => Tensor, DType, number[], number[]]>([
    ["a number", () => tensor(2.5), "float32", [], [2.5]],
    ["a boolean", () => tensor(true), "bool", [], [1]],
    ["a list", () => tensor([1, 2, 3]), "float32", [3], [1, 2, 3]],
    ["an empty list", () => tensor([]), "float32", [0], []],
    ["empty lists", () => tensor([[], []]), "float32", [2, 0], []],
    [
      "lists of lists",
      () =>
        tensor([
          [[1], [2]],
          [[3], [4]],
          [[5], [6]],
        ]),
      "float32",
      [3, 2, 1],
      [1, 2, 3, 4, 5, 6],
    ],
    ["booleans", () => tensor([[true, false]]), "bool", [1, 2], [1, 0]],
    ["booleans and numbers", () => tensor([true, 3]), "float32", [2], [1, 3]],
    ["special numbers", () => tensor([NAN, INF, -0]), "float32", [3], [NAN, INF, -0]],
    ["a Float32Array", () => tensor(new Float32Array([1.5])), "float32", [1], [1.5]],
    ["a Float64Array", () => tensor(new Float64Array([0.1])), "float64", [1], [0.1]],
    ["an Int32Array", () => tensor(new Int32Array([-7])), "int32", [1], [-7]],
    ["an Int8Array", () => tensor(new Int8Array([-7])), "int32", [1], [-7]],
    ["an Int16Array", () => tensor(new Int16Array([-700])), "int32", [1], [-700]],
    ["a Uint16Array", () => tensor(new Uint16Array([65535])), "int32", [1], [65535]],
    ["a Uint8Array", () => tensor(new Uint8Array([255])), "uint8", [1], [255]],
    ["a Uint8ClampedArray", () => tensor(new Uint8ClampedArray([300])), "uint8", [1], [255]],
    ["a Buffer", () => tensor(Buffer.from([1, 2])), "uint8", [2], [1, 2]],
    ["part of a buffer", () => tensor(new Float32Array([1, 2, 3, 4]).subarray(1, 3)), "float32", [2], [2, 3]],
    ["rows that are typed arrays", () => tensor([new Float32Array([1, 2]), [3, 4]]), "float32", [2, 2], [1, 2, 3, 4]],
    ["a tensor", () => tensor(tensor([[1, 2]], { dtype: "int32" })), "int32", [1, 2], [1, 2]],
    ["a result", () => tensor(tensor([1, 2]).add(1)), "float32", [2], [2, 3]],
    ["a shape", () => tensor([1, 2, 3, 4], { shape: [2, 2] }), "float32", [2, 2], [1, 2, 3, 4]],
    [
      "a shape for nested lists",
      () =>
        tensor(
          [
            [1, 2],
            [3, 4],
          ],
          { shape: [4] },
        ),
      "float32",
      [4],
      [1, 2, 3, 4],
    ],
    ["a shape without elements", () => tensor([], { shape: [0, 3] }), "float32", [0, 3], []],
    ["a shape for a number", () => tensor(7, { shape: [1, 1] }), "float32", [1, 1], [7]],
    ["eight axes", () => tensor([[[[[[[[7]]]]]]]]), "float32", [1, 1, 1, 1, 1, 1, 1, 1], [7]],
    ["another type", () => tensor([1.7, -0.7, 255], { dtype: "uint8" }), "uint8", [3], [1, 0, 255]],
    ["another type of booleans", () => tensor([true, false], { dtype: "int32" }), "int32", [2], [1, 0]],
    ["bool of numbers", () => tensor([0, -0, 0.5, NAN], { dtype: "bool" }), "bool", [4], [0, 0, 1, 1]],
    ["another type of a tensor", () => tensor(tensor([1.5]), { dtype: "float64" }), "float64", [1], [1.5]],
    ["options that are undefined", () => tensor([1], { dtype: undefined, shape: undefined, requiresGrad: undefined }), "float32", [1], [1]],
  ])("of %s", (_, make, dtype, shape, elements) => expect(facts(make())).toEqual([dtype, shape, elements]));

  test("copies", () => {
    const array = new Float32Array([1, 2]);
    const x = tensor(array);
    const y = tensor(x);
    array[0] = 9;
    x.assign([3, 3]);
    expect([Array.from(x.data), Array.from(y.data)]).toEqual([
      [3, 3],
      [1, 2],
    ]);
    const parameter = tensor([1], { requiresGrad: true });
    expect(tensor(parameter).requiresGrad).toBe(false);
  });

  test("is a leaf with requiresGrad, floating types only", () => {
    const x = tensor([1], { requiresGrad: true });
    expect([x.requiresGrad, x.isLeaf, x.grad]).toEqual([true, true, null]);
    expect(tensor([1]).requiresGrad).toBe(false);
    for (const dtype of ["int32", "uint8", "bool"] as const) {
      expect(failure(() => tensor([1], { dtype, requiresGrad: true }))).toBe(
        `DTYPE tensor: requiresGrad on a tensor of ${dtype}; only float32 and float64 have gradients.`,
      );
    }
  });

  test("has a shape that nobody changes", () => {
    const shape = [2];
    const x = tensor([1, 2], { shape });
    shape[0] = 9;
    expect(x.shape).toEqual([2]);
    expect(() => (x.shape as number[]).push(1)).toThrow(TypeError);
  });

  const ONE_LENGTH = "All arrays of one depth have one length.";
  test.each<[string, () => unknown, string]>([
    [
      "a short row",
      () => tensor([[1, 2], [3]]),
      `SHAPE tensor: values[1] is an array of length 1; expected an array of length 2. ${ONE_LENGTH}`,
    ],
    ["a number among rows", () => tensor([[1, 2], 3]), `SHAPE tensor: values[1] is 3; expected an array of length 2. ${ONE_LENGTH}`],
    [
      "a row among numbers",
      () => tensor([1, [2]] as never),
      `SHAPE tensor: values[1] is an array of length 1; expected a number. ${ONE_LENGTH}`,
    ],
    [
      "a deep short row",
      () =>
        tensor([
          [[1], [2]],
          [[3], []],
        ]),
      `SHAPE tensor: values[1][1] is an array of length 0; expected an array of length 1. ${ONE_LENGTH}`,
    ],
    [
      "a typed row of another length",
      () => tensor([new Float32Array(2), new Float32Array(3)]),
      `SHAPE tensor: values[1] is a Float32Array; expected an array of length 2. ${ONE_LENGTH}`,
    ],
    ["a string", () => tensor(["1"] as never), 'ARGUMENT tensor: values[0] is "1"; expected a number.'],
    ["a hole", () => tensor([1, undefined, 3] as never), "ARGUMENT tensor: values[1] is undefined; expected a number."],
    ["null", () => tensor([null] as never), "ARGUMENT tensor: values[0] is null; expected a number."],
    ["a BigInt", () => tensor([1n] as never), "ARGUMENT tensor: values[0] is the BigInt 1n; expected a number."],
    [
      "tensors",
      () => tensor([tensor(1)] as never),
      "ARGUMENT tensor: values[0] is a tensor; expected a number. Join tensors with stack(…).",
    ],
    [
      "BigInt arrays",
      () => tensor(new BigInt64Array(1)),
      "DTYPE tensor: BigInt64Array has no element type here. Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array.",
    ],
    [
      "BigInt rows",
      () => tensor([new BigUint64Array(1)]),
      "DTYPE tensor: BigUint64Array has no element type here. Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array.",
    ],
    [
      "Uint32",
      () => tensor(new Uint32Array(1)),
      "DTYPE tensor: Uint32Array has no element type here. Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array.",
    ],
    [
      "a DataView",
      () => tensor(new DataView(new ArrayBuffer(4))),
      "DTYPE tensor: DataView has no element type here. Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array.",
    ],
    [
      "nothing",
      () => tensor(undefined as never),
      "ARGUMENT tensor: cannot make a tensor of undefined; expected a number, nested arrays, a typed array or a tensor.",
    ],
    [
      "an object",
      () => tensor({} as never),
      "ARGUMENT tensor: cannot make a tensor of an object; expected a number, nested arrays, a typed array or a tensor.",
    ],
    [
      "an ArrayBuffer",
      () => tensor(new ArrayBuffer(4) as never),
      "ARGUMENT tensor: cannot make a tensor of an ArrayBuffer; expected a number, nested arrays, a typed array or a tensor.",
    ],
    [
      "text",
      () => tensor("1" as never),
      'ARGUMENT tensor: cannot make a tensor of "1"; expected a number, nested arrays, a typed array or a tensor.',
    ],
    ["a wrong size", () => tensor([1, 2, 3], { shape: [2, 2] }), "SHAPE tensor: the number of values is 3; shape [2, 2] holds 4."],
    [
      "one value for many",
      () => tensor(1, { shape: [2, 2] }),
      "SHAPE tensor: the number of values is 1; shape [2, 2] holds 4. To repeat one value use full(shape, value).",
    ],
    ["nine axes", () => tensor([[[[[[[[[7]]]]]]]]]), "SHAPE tensor: shape [1, 1, 1, 1, 1, 1, 1, 1, 1] has 9 axes; at most 8."],
    [
      "an array within itself",
      () => {
        const endless: unknown[] = [];
        endless.push(endless);
        return tensor(endless as never);
      },
      "SHAPE tensor: shape [1, 1, 1, 1, 1, 1, 1, 1, 1] has 9 axes; at most 8.",
    ],
    ["NaN in the shape", () => tensor([1], { shape: [NAN] }), "SHAPE tensor: shape [NaN] holds NaN; extents are whole numbers ≥ 0."],
    ["a fraction in the shape", () => tensor([1], { shape: [0.5] }), "SHAPE tensor: shape [0.5] holds 0.5; extents are whole numbers ≥ 0."],
    ["−1 in the shape", () => tensor([1], { shape: [-1] }), "SHAPE tensor: shape [-1] holds -1; extents are whole numbers ≥ 0."],
    [
      "a number for a shape",
      () => tensor([1], { shape: 1 as never }),
      "SHAPE tensor: the shape is 1; expected an array of whole numbers. Write [1].",
    ],
    ["text for a shape", () => tensor([1], { shape: "1" as never }), 'SHAPE tensor: the shape is "1"; expected an array of whole numbers.'],
    [
      "an unknown option",
      () => tensor([1], { dtpye: "int32" } as never),
      'ARGUMENT tensor: unknown option "dtpye". Known: shape, dtype, requiresGrad. Did you mean "dtype"?',
    ],
    [
      "an option of other libraries",
      () => tensor([1], { requires_grad: true } as never),
      'ARGUMENT tensor: unknown option "requires_grad". Known: shape, dtype, requiresGrad. Did you mean "requiresGrad"?',
    ],
    [
      "a shape for options",
      () => tensor([1], [1] as never),
      "ARGUMENT tensor: the options are an array of length 1; expected an object. Write { shape: … }.",
    ],
    [
      "null for options",
      () => tensor([1], null as never),
      "ARGUMENT tensor: the options are null; expected an object. Write { shape: … }.",
    ],
    [
      "an unknown type",
      () => tensor([1], { dtype: "float16" as never }),
      `DTYPE tensor: unknown dtype "float16". ${KNOWN} Did you mean "float32"?`,
    ],
    ["no type", () => tensor([1], { dtype: 32 as never }), `DTYPE tensor: unknown dtype 32. ${KNOWN}`],
    ["null for a type", () => tensor([1], { dtype: null as never }), `DTYPE tensor: unknown dtype null. ${KNOWN}`],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

describe("zeros, ones, full, eye", () => {
  test.each(TYPES)("%s", (dtype) => {
    expect(facts(zeros([2, 1], { dtype }))).toEqual([dtype, [2, 1], [0, 0]]);
    expect(facts(ones([3], { dtype }))).toEqual([dtype, [3], [1, 1, 1]]);
    expect(facts(full([2], 1, { dtype }))).toEqual([dtype, [2], [1, 1]]);
    expect(facts(eye(2, 3, { dtype }))).toEqual([dtype, [2, 3], [1, 0, 0, 0, 1, 0]]);
  });
  test("float32 unless said otherwise", () => {
    expect([zeros([1]), ones([1]), full([1], 2), eye(1)].map((x) => x.dtype)).toEqual(["float32", "float32", "float32", "float32"]);
  });
  test("scalars, empty shapes, square and narrow", () => {
    expect(facts(zeros([]))).toEqual(["float32", [], [0]]);
    expect(facts(ones([0, 3]))).toEqual(["float32", [0, 3], []]);
    expect(eye(3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(eye(3, 1).toArray()).toEqual([[1], [0], [0]]);
    expect(facts(eye(0))).toEqual(["float32", [0, 0], []]);
  });
  test("full", () => {
    expect(facts(full([2], NAN))).toEqual(["float32", [2], [NAN, NAN]]);
    expect(facts(full([2], 2.7, { dtype: "uint8" }))).toEqual(["uint8", [2], [2, 2]]);
    expect(facts(full([2], 0.5, { dtype: "bool" }))).toEqual(["bool", [2], [1, 1]]);
    expect(facts(full([2], NAN, { dtype: "bool" }))).toEqual(["bool", [2], [1, 1]]);
    expect(full([2], 0.1, { dtype: "float64", requiresGrad: true }).requiresGrad).toBe(true);
  });
  test.each<[string, () => unknown, string]>([
    ["zeros(2, 3)", () => zeros(2 as never, 3 as never), "SHAPE zeros: the shape is 2; expected an array of whole numbers. Write [2]."],
    ["zeros()", () => zeros(undefined as never), "SHAPE zeros: the shape is undefined; expected an array of whole numbers."],
    ["ones of a tensor", () => ones(tensor([2]) as never), "SHAPE ones: the shape is a tensor; expected an array of whole numbers."],
    ["NaN", () => zeros([2, NAN]), "SHAPE zeros: shape [2, NaN] holds NaN; extents are whole numbers ≥ 0."],
    [
      "undefined",
      () => zeros([2, undefined as never]),
      "SHAPE zeros: shape [2, undefined] holds undefined; extents are whole numbers ≥ 0.",
    ],
    ["text", () => zeros(["2"] as never), 'SHAPE zeros: shape ["2"] holds "2"; extents are whole numbers ≥ 0.'],
    [
      "an option of tensor",
      () => zeros([2], { shape: [2] } as never),
      'ARGUMENT zeros: unknown option "shape". Known: dtype, requiresGrad.',
    ],
    [
      "a type for options",
      () => ones([2], "int32" as never),
      'ARGUMENT ones: the options are "int32"; expected an object. Write { dtype: "int32" }.',
    ],
    ["no value", () => full([2], undefined as never), "ARGUMENT full: the value is undefined; expected a number."],
    ["a boolean value", () => full([2], true as never), "ARGUMENT full: the value is true; expected a number."],
    [
      "an integer gradient",
      () => zeros([2], { dtype: "int32", requiresGrad: true }),
      "DTYPE zeros: requiresGrad on a tensor of int32; only float32 and float64 have gradients.",
    ],
    ["a fraction of rows", () => eye(2.5), "ARGUMENT eye: rows is 2.5; expected a whole number ≥ 0."],
    [
      "too much",
      () => zeros([1e9, 1e9]),
      "MEMORY zeros: shape [1000000000, 1000000000] holds 1000000000000000000 elements; no memory holds more than 9007199254740991.",
    ],
  ])("refuse %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

describe("arange", () => {
  test.each<[number[], number[]]>([
    [[4], [0, 1, 2, 3]],
    [[0], []],
    [[-3], []],
    [[2.5], [0, 1, 2]],
    [
      [2, 5],
      [2, 3, 4],
    ],
    [[5, 2], []],
    [
      [5, 2, -1],
      [5, 4, 3],
    ],
    [[2, 5, -1], []],
    [
      [0, 1, 0.25],
      [0, 0.25, 0.5, 0.75],
    ],
    [
      [1, -1, -0.5],
      [1, 0.5, 0, -0.5],
    ],
    [[3, 3], []],
  ])("%j", (args, expected) => expect(facts(arange(...(args as [number])))).toEqual(["float32", [expected.length], expected]));

  test("rounds once an element", () => {
    const x = arange(0, 1000, 0.1, { dtype: "float64" });
    expect(x.size).toBe(10000);
    expect([x.data[3], x.data[7777]]).toEqual([3 * 0.1, 7777 * 0.1]);
  });
  test("types, and a stop left out", () => {
    expect(facts(arange(3, undefined, 1, { dtype: "int32" }))).toEqual(["int32", [3], [0, 1, 2]]);
    expect(facts(arange(0, 5, 2, { dtype: "uint8" }))).toEqual(["uint8", [3], [0, 2, 4]]);
    expect(arange(2, 3, 1, { requiresGrad: true }).requiresGrad).toBe(true);
  });
  test.each<[string, () => unknown, string]>([
    ["a step of 0", () => arange(0, 1, 0), "ARGUMENT arange: step is 0; expected another number."],
    ["NaN", () => arange(NAN), "ARGUMENT arange: start is NaN; expected a finite number."],
    ["∞", () => arange(0, INF), "ARGUMENT arange: stop is Infinity; expected a finite number."],
    ["nothing", () => arange(undefined as never), "ARGUMENT arange: start is undefined; expected a finite number."],
    ["options first", () => arange({ dtype: "int32" } as never), "ARGUMENT arange: start is an object; expected a finite number."],
    ["options between", () => arange(1, { dtype: "int32" }, 2), "ARGUMENT arange: stop is an object; expected a finite number."],
    [
      "an argument too many",
      () => (arange as (...args: unknown[]) => Tensor)(0, 3, 1, {}, 2),
      "ARGUMENT arange: 5 arguments were given; it takes at most 4.",
    ],
    ["text", () => arange("5" as never), 'ARGUMENT arange: start is "5"; expected a finite number.'],
    ["bool", () => arange(0, 3, 1, { dtype: "bool" }), "DTYPE arange: dtype is bool; expected a type of numbers."],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});

test("options stand behind any number of positional arguments", () => {
  expect([arange(3, { dtype: "int32" }), arange(1, 3, { dtype: "int32" })].map((x) => [x.dtype, x.toArray()])).toEqual([
    ["int32", [0, 1, 2]],
    ["int32", [1, 2]],
  ]);
  expect([eye(2, { dtype: "bool" }).dtype, eye(1, 2, { dtype: "bool" }).shape, eye(2).shape]).toEqual(["bool", [1, 2], [2, 2]]);
});

describe("linspace", () => {
  test.each<[[number, number, number], number[]]>([
    [
      [0, 1, 5],
      [0, 0.25, 0.5, 0.75, 1],
    ],
    [
      [1, -1, 3],
      [1, 0, -1],
    ],
    [[3, 7, 1], [3]],
    [[3, 7, 0], []],
    [
      [3, 7, 2],
      [3, 7],
    ],
    [
      [2, 2, 3],
      [2, 2, 2],
    ],
  ])("%j", (args, expected) => expect(facts(linspace(...args))).toEqual(["float32", [expected.length], expected]));

  test("both ends are exact", () => {
    for (const n of [2, 3, 7, 10, 99]) {
      const x = linspace(0.1, 0.7, n, { dtype: "float64" }).data;
      expect([x[0], x[n - 1]]).toEqual([0.1, 0.7]);
      for (let i = 1; i < n; i++) expect(x[i]).toBeGreaterThan(x[i - 1]);
    }
  });
  test.each<[string, () => unknown, string]>([
    ["a fraction of a count", () => linspace(0, 1, 2.5), "ARGUMENT linspace: count is 2.5; expected a whole number ≥ 0."],
    ["no count", () => linspace(0, 1, undefined as never), "ARGUMENT linspace: count is undefined; expected a whole number ≥ 0."],
    ["a negative count", () => linspace(0, 1, -1), "ARGUMENT linspace: count is -1; expected a whole number ≥ 0."],
    ["∞", () => linspace(0, INF, 3), "ARGUMENT linspace: stop is Infinity; expected a finite number."],
    ["bool", () => linspace(0, 1, 3, { dtype: "bool" }), "DTYPE linspace: dtype is bool; expected a type of numbers."],
  ])("refuses %s", (_, make, expected) => expect(failure(make)).toBe(expected));
});
