import { expect, test } from "vitest";
import {
  arange,
  CircularPad1d,
  CircularPad2d,
  CircularPad3d,
  ConstantPad1d,
  ConstantPad2d,
  ConstantPad3d,
  input,
  Model,
  ReflectionPad1d,
  ReflectionPad2d,
  ReflectionPad3d,
  ReplicationPad1d,
  ReplicationPad2d,
  ReplicationPad3d,
  randn,
  tensor,
  ZeroPad1d,
  ZeroPad2d,
  ZeroPad3d,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [2, 1, 0, 2];
const WIDTHS = [LEFT, RIGHT, TOP, BOTTOM];

// What PyTorch 1.13 has for 1 … 12 as [1, 1, 3, 4], and the gradient of x where that of the result is 0, 1, 2, …
// biome-ignore-start format: matrices
const CASES = {
  ZeroPad2d: [
    () => new ZeroPad2d(WIDTHS),
    [
      [0, 0, 1, 2, 3, 4, 0],
      [0, 0, 5, 6, 7, 8, 0],
      [0, 0, 9, 10, 11, 12, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
    ],
    [
      [2, 3, 4, 5],
      [9, 10, 11, 12],
      [16, 17, 18, 19],
    ],
  ],
  ConstantPad2d: [
    () => new ConstantPad2d(WIDTHS, 9),
    [
      [9, 9, 1, 2, 3, 4, 9],
      [9, 9, 5, 6, 7, 8, 9],
      [9, 9, 9, 10, 11, 12, 9],
      [9, 9, 9, 9, 9, 9, 9],
      [9, 9, 9, 9, 9, 9, 9],
    ],
    [
      [2, 3, 4, 5],
      [9, 10, 11, 12],
      [16, 17, 18, 19],
    ],
  ],
  ReflectionPad2d: [
    () => new ReflectionPad2d(WIDTHS),
    [
      [3, 2, 1, 2, 3, 4, 3],
      [7, 6, 5, 6, 7, 8, 7],
      [11, 10, 9, 10, 11, 12, 11],
      [7, 6, 5, 6, 7, 8, 7],
      [3, 2, 1, 2, 3, 4, 3],
    ],
    [
      [32, 64, 104, 38],
      [32, 64, 104, 38],
      [16, 32, 52, 19],
    ],
  ],
  ReplicationPad2d: [
    () => new ReplicationPad2d(WIDTHS),
    [
      [1, 1, 1, 2, 3, 4, 4],
      [5, 5, 5, 6, 7, 8, 8],
      [9, 9, 9, 10, 11, 12, 12],
      [9, 9, 9, 10, 11, 12, 12],
      [9, 9, 9, 10, 11, 12, 12],
    ],
    [
      [3, 3, 4, 11],
      [24, 10, 11, 25],
      [198, 72, 75, 159],
    ],
  ],
  CircularPad2d: [
    () => new CircularPad2d(WIDTHS),
    [
      [3, 4, 1, 2, 3, 4, 1],
      [7, 8, 5, 6, 7, 8, 5],
      [11, 12, 9, 10, 11, 12, 9],
      [3, 4, 1, 2, 3, 4, 1],
      [7, 8, 5, 6, 7, 8, 5],
    ],
    [
      [58, 27, 50, 54],
      [86, 41, 78, 82],
      [36, 17, 32, 34],
    ],
  ],
} as const;
// biome-ignore-end format: until here

test.each(Object.entries(CASES))("%s: PyTorch's numbers", (_, [layer, expected, gradient]) => {
  const x = tensor(
    Float32Array.from({ length: 12 }, (_, i) => i + 1),
    { shape: [1, 1, 3, 4], requiresGrad: true },
  );
  const y = layer().forward(x);
  expect(y.toArray()).toEqual([[expected]]);
  y.mul(arange(y.size).reshape(y.shape)).sum().backward();
  expect(x.grad?.toArray()).toEqual([[gradient]]);
});

test("signals and volumes", () => {
  const x = tensor([[1, 2, 3]]);
  expect(new ZeroPad1d([2, 1]).forward(x).toArray()).toEqual([[0, 0, 1, 2, 3, 0]]);
  expect(new ConstantPad1d([0, 1], Number.POSITIVE_INFINITY).forward(x).toArray()).toEqual([[1, 2, 3, Number.POSITIVE_INFINITY]]);
  expect(new ReflectionPad1d([2, 1]).forward(x).toArray()).toEqual([[3, 2, 1, 2, 3, 2]]);
  expect(new ReplicationPad1d(1).forward(x).toArray()).toEqual([[1, 1, 2, 3, 3]]);
  expect(new CircularPad1d([3, 1]).forward(x).toArray()).toEqual([[1, 2, 3, 1, 2, 3, 1]]);
  const volume = arange(8).add(1).reshape([1, 2, 2, 2]);
  // Depth last: [left, right, top, bottom, front, back].
  const slice = [[1, 1, 2], [3, 3, 4], [3, 3, 4]]; // biome-ignore format: a matrix
  const back = [[5, 5, 6], [7, 7, 8], [7, 7, 8]]; // biome-ignore format: a matrix
  expect(new ReplicationPad3d([1, 0, 0, 1, 2, 0]).forward(volume).toArray()).toEqual([[slice, slice, slice, back]]);
  expect(new ZeroPad3d(1).forward(volume).shape).toEqual([1, 4, 4, 4]);
  expect(new ConstantPad3d([0, 0, 0, 0, 1, 0], 7).forward(volume).slice([0, 0]).toArray()).toEqual([[7, 7], [7, 7]]); // biome-ignore format: a matrix
  for (const layer of [new ReflectionPad3d(1), new CircularPad3d(1)]) expect(layer.forward(volume).shape).toEqual([1, 4, 4, 4]);
});

test("integers stay integers, and a functional model pads", async () => {
  expect(new ReflectionPad1d(1).forward(tensor([[1, 2]], { dtype: "int32" })).dtype).toBe("int32");
  const x = input([3, 5, 5]);
  const model = new Model({ inputs: x, outputs: new ReplicationPad2d([1, 0, 2, 0]).forward(x) });
  const data = randn([2, 3, 5, 5]);
  const result = await model.predict<ReturnType<typeof randn>>(data);
  expect(result.toArray()).toEqual(new ReplicationPad2d([1, 0, 2, 0]).forward(data).toArray());
});

test("errors", () => {
  const x = randn([1, 2, 3, 4]);
  expect(failure(() => new ReflectionPad2d(3).forward(x))).toBe(
    'SHAPE pad: a border of 3 in mode "reflect", but axis 2 of [1, 2, 3, 4] has 3; expected at most 2.',
  );
  expect(failure(() => new ZeroPad2d([1, 2]))).toBe(
    "ARGUMENT ZeroPad2d: padding is [1, 2]; expected a whole number ≥ 0, or [left, right, top, bottom]. Write new ZeroPad2d(1) or new ZeroPad2d([left, right, top, bottom]).",
  );
  expect(failure(() => new CircularPad1d(-1))).toContain("padding is -1; expected a whole number ≥ 0, or [left, right].");
  expect(failure(() => new (ConstantPad2d as unknown as new (padding: number) => ConstantPad2d)(1))).toBe(
    "ARGUMENT ConstantPad2d: value is undefined; expected a number. Write new ConstantPad2d(1, 0).",
  );
  expect(failure(() => new ZeroPad3d(1).forward(randn([2, 3, 4])))).toBe(
    "SHAPE ZeroPad3d: x has shape [2, 3, 4]; expected [n, ..., d, h, w].",
  );
});
