import { describe, expect, test } from "vitest";
import { arange, randn, type Tensor, tensor } from "../../src/index.js";
import { isSamples, joinRows, splitOff, takeRange, takeRows, toBatch } from "../../src/train/data.js";
import { failure } from "../support/errors.js";

describe("data", () => {
  test("samples in memory, or batches that somebody makes", () => {
    expect(isSamples({ x: [1] })).toBe(true);
    expect(isSamples([{ x: [1] }])).toBe(false);
    expect(isSamples({ async *[Symbol.asyncIterator]() {} })).toBe(false);
  });
  test("arrays, typed arrays, lists of inputs", () => {
    const batch = toBatch("fit", { x: [randn([2, 3]), randn([2])], y: [1, 0], weight: new Float32Array([1, 2]) });
    expect([batch.x].flat().map(({ shape }) => shape)).toEqual([[2, 3], [2]]);
    expect([batch.y].flat()[0]?.shape).toEqual([2]);
    expect([batch.weight].flat()[0]?.shape).toEqual([2]);
  });
  test("targets by name are refused with the list that is meant", () => {
    const y = { kind: randn([2, 3]), size: randn([2, 1]) };
    expect(failure(() => toBatch("fit", { x: randn([2, 3]), y: y as never }))).toBe(
      "ARGUMENT fit: y is an object; expected a tensor or a list of them. Write y: [kind, size].",
    );
  });
  test("rows, short and long, of every element type", () => {
    for (const width of [1, 2, 23, 24, 100]) {
      for (const dtype of ["float32", "int32", "uint8", "float64"] as const) {
        const values = Array.from({ length: 5 * width }, (_, i) => i % 200);
        const x = tensor(values, { shape: [5, width], dtype });
        const taken = takeRows({ x, y: x }, [4, 0, 4]);
        const expected = [4, 0, 4].flatMap((row) => values.slice(row * width, (row + 1) * width));
        expect(taken.x).toMatchObject({ shape: [3, width], dtype });
        expect(Array.from((taken.x as typeof x).data)).toEqual(expected);
        expect(Array.from((takeRange({ x }, 1, 3).x as typeof x).data)).toEqual(values.slice(width, 3 * width));
      }
    }
    const x = tensor([1, 2, 3], { dtype: "int32" });
    expect((takeRows({ x }, [2]).x as typeof x).toArray()).toEqual([3]);
    expect((takeRange({ x }, 1, 3).x as typeof x).shape).toEqual([2]);
  });
  test("rows are copies", () => {
    const x = tensor([1, 2, 3]);
    const part = takeRange({ x }, 0, 2).x as typeof x;
    x.fill(9);
    expect(part.toArray()).toEqual([1, 2]);
  });
  test("split off from the end, joined again", () => {
    const x = tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { train, validation } = splitOff({ x }, 0.25);
    expect((validation.x as typeof x).toArray()).toEqual([8, 9]);
    expect(joinRows([train.x as typeof x, validation.x as typeof x]).toArray()).toEqual(x.toArray());
  });
  test("errors", () => {
    const x = randn([3, 2]);
    const of = (data: unknown) => failure(() => toBatch("fit", data as never));
    expect(of(null)).toBe("ARGUMENT fit: the data are null; expected { x, y, weight? } or an iterable of such batches.");
    expect(of(() => {})).toBe("ARGUMENT fit: the data are a function; expected { x, y, weight? } or an iterable of such batches.");
    expect(of({ y: x })).toBe("ARGUMENT fit: the data have no x. Give { x, y, weight? }, or an iterable of such batches.");
    expect(of({ x, weights: [1, 2, 3] })).toBe('ARGUMENT fit: the data have a part "weights". Did you mean "weight"?');
    expect(Object.keys(toBatch("fit", { x, names: ["a"] } as never))).toEqual(["x"]);
    expect(of({ x: 3 })).toBe("SHAPE fit: x is a scalar; expected samples along the first axis.");
    const batched = " A single sample is no batch: batch(32) of a DataStream makes batches.";
    expect(of({ x, y: [1, 2] })).toBe("SHAPE fit: x has 3 samples, y has shape [2]; expected [3, …].");
    expect(of({ x: [1, 2, 3], y: [1] })).toBe(`SHAPE fit: x has 3 samples, y has shape [1]; expected [3, …].${batched}`);
    expect(of({ x: [x, randn([2])] })).toBe("SHAPE fit: x has 3 samples, x has shape [2]; expected [3, …].");
    expect(of({ x, y: 1 })).toBe(`SHAPE fit: x has 3 samples, y has shape []; expected [3, …].${batched}`);
    expect(of({ x, weight: x })).toBe("SHAPE fit: weight has shape [3, 2]; expected one for each sample, [3].");
    expect(failure(() => splitOff({ x }, 0.1))).toBe(
      "ARGUMENT fit: validationSplit 0.1 of 3 samples leaves 3 to train on and 0 to validate; neither may be empty.",
    );
  });
  test.each([
    [100, 0.29, 29],
    [100, 0.57, 57],
    [100, 0.58, 58],
    [10, 1 - 0.9, 1],
    [350, 0.07, 24],
    [60_000, 0.1, 6000],
    [7, 0.1, 0],
  ])("validationSplit of %i samples by %d takes the last %i", (n, share, validated) => {
    const split = () => splitOff({ x: arange(n) }, share);
    if (validated === 0) expect(split).toThrow("neither may be empty");
    else expect((split().validation.x as Tensor).data).toEqual(arange(n - validated, n).data);
  });
});
