import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradgradcheck, type PadOptions, pad, randn, tensor, zeros } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { counting, DTYPES, expectSame, flat, naive, shapes } from "../support/elements.js";
import { failure } from "../support/errors.js";

type Mode = NonNullable<PadOptions["mode"]>;

/** Where an endless repetition of the axis, mirrored or not, has its element from. */
const SOURCES: Record<Exclude<Mode, "constant">, (i: number, n: number) => number> = {
  reflect: (i, n) => {
    if (n === 1) return 0;
    const turn = ((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2);
    return turn < n ? turn : 2 * n - 2 - turn;
  },
  replicate: (i, n) => (i < 0 ? 0 : i >= n ? n - 1 : i),
  circular: (i, n) => ((i % n) + n) % n,
};
const MODES = Object.keys(SOURCES) as (keyof typeof SOURCES)[];

const paddings = shapes({ maxRank: 4, max: 4 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    widths: fc.tuple(...shape.map(() => fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })))),
  }),
);

describe("pad", () => {
  test("surrounds, any shape", () => {
    fc.assert(
      fc.property(paddings, fc.constantFrom(...DTYPES), ({ shape, widths }, dtype) => {
        const x = counting(shape, dtype);
        const element = (position: number[]): number => {
          const inner = position.map((i, axis) => i - widths[axis][0]);
          return inner.every((i, axis) => i >= 0 && i < shape[axis]) ? x.data[flat(shape, inner)] : 1;
        };
        expectSame(
          () => x.pad(widths, { value: 1 }),
          naive(
            shape.map((extent, axis) => widths[axis][0] + extent + widths[axis][1]),
            element,
            dtype,
          ),
        );
      }),
      { numRuns: 60, seed: 5 },
    );
  });
  test("with zeros by default, with anything else on request", () => {
    expect(
      tensor([1])
        .pad([[1, 1]])
        .toArray(),
    ).toEqual([0, 1, 0]);
    expect(
      tensor([1])
        .pad([[1, 0]], { value: -Infinity })
        .toArray(),
    ).toEqual([-Infinity, 1]);
    expect(tensor(5).pad([]).item()).toBe(5);
  });
  test("gradient", () => {
    checkOp({
      op: (x) =>
        x.pad(
          [
            [1, 2],
            [0, 3],
          ],
          { value: 5 },
        ),
      shapes: [[3, 5]],
      result: [6, 8],
    });
    checkOp({
      op: (x) =>
        x.pad([
          [0, 0],
          [2, 1],
          [1, 1],
          [0, 1],
        ]),
      shapes: [[2, 1, 3, 2]],
      result: [2, 4, 5, 3],
    });
  });
  test("errors", () => {
    const text = (widths: string): string =>
      `SHAPE pad: widths ${widths} for shape [2, 3]; expected one pair of whole numbers ≥ 0 an axis.`;
    const x = zeros([2, 3]);
    expect(failure(() => x.pad([[1, 1]]))).toBe(text("[[1, 1]]"));
    expect(
      failure(() =>
        x.pad([
          [1, 1],
          [0, -1],
        ]),
      ),
    ).toBe(text("[[1, 1], [0, -1]]"));
    expect(failure(() => x.pad([1, 1] as never))).toBe(text("[1, 1]"));
    expect(failure(() => x.pad(1 as never))).toBe("ARGUMENT pad: widths is 1; expected an array. Write pad([[1, 1]]).");
    expect(
      failure(() =>
        x.pad(
          [
            [0, 0],
            [1, 1],
          ],
          "reflect" as never,
        ),
      ),
    ).toBe('ARGUMENT pad: the options are "reflect"; expected an object. Write { mode: "reflect" }.');
    expect(failure(() => x.pad([], 0.5 as never))).toBe("ARGUMENT pad: the options are 0.5; expected an object. Write { value: … }.");
    expect(failure(() => x.pad([], { value: "0" as never }))).toBe('ARGUMENT pad: value is "0"; expected a number.');
    expect(failure(() => x.pad([], { mode: "mirror" as never }))).toBe(
      'ARGUMENT pad: mode is "mirror"; expected "constant", "reflect", "replicate" or "circular".',
    );
    expect(failure(() => pad(1 as never, []))).toBe("ARGUMENT pad: x is 1; expected a tensor. Wrap it with tensor(…).");
  });
});

describe("pad with elements of x", () => {
  test("any shape, any type", () => {
    const cases = fc.constantFrom(...MODES).chain((mode) =>
      shapes({ maxRank: 4, max: 4 }).chain((shape) => {
        const width = (n: number) =>
          fc.integer({ min: 0, max: mode === "reflect" ? Math.max(0, n - 1) : mode === "circular" ? n : n > 0 ? 3 : 0 });
        return fc.record({
          mode: fc.constant(mode),
          shape: fc.constant(shape),
          widths: fc.tuple(...shape.map((n) => fc.tuple(width(n), width(n)))),
        });
      }),
    );
    fc.assert(
      fc.property(cases, fc.constantFrom(...DTYPES), ({ mode, shape, widths }, dtype) => {
        const x = counting(shape, dtype);
        const element = (position: number[]): number =>
          x.data[
            flat(
              shape,
              position.map((i, axis) => SOURCES[mode](i - widths[axis][0], shape[axis])),
            )
          ];
        const padded = shape.map((extent, axis) => widths[axis][0] + extent + widths[axis][1]);
        expectSame(() => x.pad(widths, { mode }), naive(padded, element, dtype));
      }),
      { numRuns: 100, seed: 6 },
    );
  });

  test.each(MODES)("%s: gradients of both orders", (mode) => {
    const widths = [[0, 0], [2, 1], [1, 2]] as const; // biome-ignore format: widths
    checkOp({ op: (x) => x.pad(widths, { mode }), shapes: [[2, 3, 4]], result: [2, 6, 7] });
    const x = randn([3, 3], { dtype: "float64", requiresGrad: true });
    gradgradcheck((input) => input.square().pad([[2, 2], [0, 1]], { mode }), [x]); // biome-ignore format: widths
  });

  test("errors", () => {
    const x = zeros([2, 3]);
    expect(
      failure(() =>
        x.pad(
          [
            [0, 0],
            [3, 1],
          ],
          { mode: "reflect" },
        ),
      ),
    ).toBe(
      // biome-ignore format: widths
      'SHAPE pad: a border of 3 in mode "reflect", but axis 1 of [2, 3] has 3; expected at most 2.',
    );
    expect(
      failure(() =>
        x.pad(
          [
            [0, 3],
            [0, 0],
          ],
          { mode: "circular" },
        ),
      ),
    ).toBe(
      // biome-ignore format: widths
      'SHAPE pad: a border of 3 in mode "circular", but axis 0 of [2, 3] has 2; expected at most 2.',
    );
    expect(failure(() => zeros([0]).pad([[1, 0]], { mode: "replicate" }))).toBe(
      'SHAPE pad: a border of 1 in mode "replicate", but axis 0 of [0] has 0; expected at most 0.',
    );
    expect(
      failure(() =>
        x.pad(
          [
            [0, 0],
            [1, 1],
          ],
          { mode: "reflect", value: 1 },
        ),
      ),
    ).toBe(
      // biome-ignore format: widths
      'ARGUMENT pad: a value is given with mode "reflect", which takes none. Leave out value, or mode.',
    );
  });
});
