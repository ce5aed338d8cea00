import { describe, expect, test } from "vitest";
import { Add, Average, Concatenate, Maximum, Minimum, Multiply, ones, randn, Subtract, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

type Merging = { forward(...inputs: Tensor[]): Tensor; outputShape(...shapes: number[][]): readonly number[] };

const a = tensor([
  [1, -2],
  [3, 4],
]);
const b = tensor([
  [5, 6],
  [-7, 8],
]);
const c = tensor([
  [0, 1],
  [2, -3],
]);

describe.each<[string, () => Merging, number[][], number[][] | null]>([
  [
    "Add",
    () => new Add(),
    [
      [6, 4],
      [-4, 12],
    ],
    [
      [6, 5],
      [-2, 9],
    ],
  ],
  [
    "Subtract",
    () => new Subtract(),
    [
      [-4, -8],
      [10, -4],
    ],
    null,
  ],
  [
    "Multiply",
    () => new Multiply(),
    [
      [5, -12],
      [-21, 32],
    ],
    [
      [0, -12],
      [-42, -96],
    ],
  ],
  [
    "Average",
    () => new Average(),
    [
      [3, 2],
      [-2, 6],
    ],
    [
      [2, 5 / 3],
      [-2 / 3, 3],
    ],
  ],
  [
    "Maximum",
    () => new Maximum(),
    [
      [5, 6],
      [3, 8],
    ],
    [
      [5, 6],
      [3, 8],
    ],
  ],
  [
    "Minimum",
    () => new Minimum(),
    [
      [1, -2],
      [-7, 4],
    ],
    [
      [0, -2],
      [-7, -3],
    ],
  ],
  [
    "Concatenate",
    () => new Concatenate(),
    [
      [1, -2, 5, 6],
      [3, 4, -7, 8],
    ],
    [
      [1, -2, 5, 6, 0, 1],
      [3, 4, -7, 8, 2, -3],
    ],
  ],
])("%s", (name, make, ofTwo, ofThree) => {
  const close = (result: Tensor, expected: number[][]): void => {
    const flat = (result.toArray() as number[][]).flat();
    for (const [i, value] of expected.flat().entries()) expect(flat[i]).toBeCloseTo(value, 6);
    expect(flat.length).toBe(expected.flat().length);
  };

  test("of two, as arguments and as a list", () => {
    close(make().forward(a, b), ofTwo);
    close(make().forward([a, b] as never), ofTwo);
  });

  test(ofThree === null ? "refuses three" : "of three", () => {
    if (ofThree !== null) close(make().forward(a, b, c), ofThree);
    else
      expect(failure(() => make().forward(a, b, c))).toBe(
        `ARGUMENT ${name}: it is given 3; expected two inputs. Write new ${name}(…).forward(a, b).`,
      );
  });

  test("refuses one, and what is no tensor", () => {
    expect(failure(() => make().forward(a))).toMatch(new RegExp(`^ARGUMENT ${name}: it is given 1; expected two`));
    expect(failure(() => make().forward(a, 3 as never))).toBe(`ARGUMENT ${name}: input 1 is 3; expected a tensor. Wrap it with tensor(…).`);
  });

  test("refuses shapes that do not fit", () => {
    expect(failure(() => make().forward(ones([2, 3]), ones([4, 2])))).toMatch(/^SHAPE /);
    expect(failure(() => make().outputShape([2, 3], [4, 2]))).toMatch(/^SHAPE /);
  });
});

test("an input of fewer axes is lined up at the samples, as Keras does", () => {
  const [x, y] = [randn([3, 4]), randn([3, 2, 4])];
  expect(new Add().forward(x, y).toArray()).toEqual(x.unsqueeze(1).add(y).toArray());
  expect(new Multiply().forward(y, x).toArray()).toEqual(y.mul(x.unsqueeze(1)).toArray());
  expect(new Maximum().outputShape([3, 4], [3, 5, 2, 4])).toEqual([3, 5, 2, 4]);
});

test("Concatenate takes another axis", () => {
  const layer = new Concatenate({ axis: 1 });
  expect(layer.forward(ones([2, 3, 4]), ones([2, 1, 4])).shape).toEqual([2, 4, 4]);
  expect(layer.outputShape([2, 3, 4], [2, 1, 4])).toEqual([2, 4, 4]);
  expect(failure(() => new Concatenate({ axis: 2 }).forward(a, b))).toMatch(/^INDEX concat: axis 2 is outside shape/);
  expect(failure(() => new Concatenate({ dim: 1 } as never))).toBe(
    'ARGUMENT Concatenate: unknown option "dim". Known: axis. Did you mean "axis"?',
  );
});
