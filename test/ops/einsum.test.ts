import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { einsum, type Tensor, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { flat, naive, positions, uniform } from "../support/elements.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

/** Every output element: the sum over all letters of the product of the operands' elements. */
function definition(inputs: readonly string[], output: string, operands: readonly Tensor[]): Tensor {
  const extents = new Map<string, number>();
  inputs.forEach((letters, k) => {
    [...letters].forEach((letter, axis) => {
      extents.set(letter, operands[k].shape[axis]);
    });
  });
  const shapeOf = (letters: string): number[] => [...letters].map((letter) => extents.get(letter) as number);
  const summed = [...extents.keys()].filter((letter) => !output.includes(letter)).join("");
  return naive(
    shapeOf(output),
    (at) =>
      positions(shapeOf(summed)).reduce((sum, rest) => {
        const value = new Map([
          ...[...output].map((letter, i) => [letter, at[i]]),
          ...[...summed].map((letter, i) => [letter, rest[i]]),
        ] as [string, number][]);
        const element = (x: Tensor, letters: string): number =>
          x.data[
            flat(
              x.shape,
              [...letters].map((letter) => value.get(letter) as number),
            )
          ];
        return sum + operands.reduce((product, x, k) => product * element(x, inputs[k]), 1);
      }, 0),
    "float64",
  );
}

const LETTERS = [..."abcd"];
const part = fc.array(fc.constantFrom(...LETTERS), { maxLength: 3 }).map((letters) => letters.join(""));
const equations = fc.array(part, { minLength: 1, maxLength: 3 }).chain((inputs) => {
  const known = LETTERS.filter((letter) => inputs.join("").includes(letter));
  return fc.record({
    inputs: fc.constant(inputs),
    output: fc.shuffledSubarray(known).map((letters) => letters.join("")),
    extents: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    seed: fc.nat(),
  });
});

describe("einsum", () => {
  test("any equation", () => {
    fc.assert(
      fc.property(equations, ({ inputs, output, extents, seed }) => {
        const operands = inputs.map((letters, k) =>
          uniform(
            [...letters].map((letter) => extents[LETTERS.indexOf(letter)]),
            seed + k,
          ),
        );
        const expected = definition(inputs, output, operands);
        for (const build of builds) {
          expectClose(
            build,
            withBuild(build, () => einsum(`${inputs.join(",")}->${output}`, ...operands)),
            expected,
          );
        }
      }),
      { numRuns: 150, seed: 18 },
    );
  });
  for (const [equation, shapes, result] of [
    [
      "ij,jk->ik",
      [
        [2, 3],
        [3, 4],
      ],
      [2, 4],
    ],
    [
      "bij,bjk->bik",
      [
        [2, 3, 4],
        [2, 4, 2],
      ],
      [2, 3, 2],
    ],
    ["ij->ji", [[2, 3]], [3, 2]],
    ["ij->", [[2, 3]], []],
    ["ii->", [[3, 3]], []],
    ["ii->i", [[3, 3]], [3]],
    ["iij->ji", [[3, 3, 2]], [2, 3]],
    ["iii->i", [[2, 2, 2]], [2]],
    [
      "ij,ij->ij",
      [
        [2, 3],
        [2, 3],
      ],
      [2, 3],
    ],
    ["i,j->ij", [[3], [4]], [3, 4]],
    ["i,i->", [[5], [5]], []],
    [
      "bhqd,bhkd->bhqk",
      [
        [1, 2, 3, 2],
        [1, 2, 2, 2],
      ],
      [1, 2, 3, 2],
    ],
    [
      "ij,jk,kl->il",
      [
        [2, 3],
        [3, 2],
        [2, 4],
      ],
      [2, 4],
    ],
    ["a,ab,b->", [[3], [3, 2], [2]], []],
    [
      "bn,anm,bm->ba",
      [
        [2, 3],
        [2, 3, 2],
        [2, 2],
      ],
      [2, 2],
    ],
    [",i->i", [[], [3]], [3]],
    ["ij,k->i", [[2, 3], [2]], [2]],
    [
      " i j , j k -> i k ",
      [
        [2, 3],
        [3, 2],
      ],
      [2, 2],
    ],
  ] as [string, number[][], number[]][]) {
    test(`${equation}, with gradients`, () => checkOp({ op: (...operands) => einsum(equation, ...operands), shapes, result }));
  }
  test("without an arrow: the letters that occur once, in order", () => {
    const [a, b] = [uniform([2, 3], 1), uniform([3, 4], 2)];
    expectClose("ij,jk", einsum("ij,jk", a, b), definition(["ij", "jk"], "ik", [a, b]));
    expectClose("kj,ji", einsum("ba", a), a.transpose().data);
    expect(einsum("ii", uniform([3, 3])).shape).toEqual([]);
    // Capitals stand before small letters.
    expect(einsum("aB", zeros([2, 3])).shape).toEqual([3, 2]);
  });
  test("empty extents", () => {
    checkOp({
      op: (a, b) => einsum("ij,jk->ik", a, b),
      shapes: [
        [2, 0],
        [0, 3],
      ],
      result: [2, 3],
    });
    expect(einsum("ii->i", zeros([0, 0])).shape).toEqual([0]);
  });
  test("any equation with ... and extents of 1 is that of the operands repeated and named in full", () => {
    const dotted = fc.record({
      left: fc.subarray(["i", "j"]),
      right: fc.subarray(["j", "k"]),
      dots: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      drop: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
      ones: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      place: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
      result: fc.shuffledSubarray(["i", "j", "k", "..."]),
      seed: fc.nat(),
    });
    const sizes: Record<string, number> = { i: 2, j: 3, k: 2 };
    fc.assert(
      fc.property(dotted, ({ left, right, dots, drop, ones, place, result, seed }) => {
        const named = ["a", "b"].slice(2 - dots.length);
        const extentOf = (letter: string): number => sizes[letter] ?? dots[named.indexOf(letter)];
        let flip = 0;
        const operands = [left, right].map((letters, k) => {
          const mine = named.slice(Math.min(drop[k], named.length));
          const at = place[k] % (letters.length + 1);
          const full = [...letters.slice(0, at), ...mine, ...letters.slice(at)];
          const shape = full.map((letter) => (ones[flip++] ? 1 : extentOf(letter)));
          return { part: [...letters.slice(0, at), "...", ...letters.slice(at)].join(""), full, x: uniform(shape, seed + k) };
        });
        const present = result.filter((letter) => letter === "..." || left.includes(letter) || right.includes(letter));
        const all = operands.flatMap(({ full }) => full);
        const output = present.flatMap((letter) => (letter === "..." ? named.filter((one) => all.includes(one)) : [letter]));
        // A letter that is 1 wherever it stands has this extent.
        const extent = (letter: string): number =>
          Math.max(...operands.map(({ full, x }) => (full.includes(letter) ? x.shape[full.indexOf(letter)] : 1)));
        const repeated = operands.map(({ full, x }) => x.expand(full.map(extent)));
        const wanted = definition(
          operands.map(({ full }) => full.join("")),
          output.join(""),
          repeated,
        );
        const equation = `${operands.map(({ part }) => part).join(",")}->${present.join("")}`;
        expectClose(equation, einsum(equation, ...operands.map(({ x }) => x)), wanted);
      }),
      { numRuns: 300, seed: 19 },
    );
  });
  for (const [equation, shapes, result] of [
    [
      "...ij,...jk->...ik",
      [
        [2, 2, 3],
        [3, 2],
      ],
      [2, 2, 2],
    ],
    [
      "...i,...i->...",
      [
        [2, 1, 3],
        [2, 3],
      ],
      [2, 2],
    ],
    ["i...->...", [[2, 3]], [3]],
    ["...->", [[2, 3]], []],
    ["i...j->j...i", [[2, 3, 4]], [4, 3, 2]],
    ["...ii->...i", [[2, 3, 3]], [2, 3]],
    [
      "ij,jk->ik",
      [
        [2, 1],
        [3, 2],
      ],
      [2, 2],
    ],
    [
      "bij,bjk->bik",
      [
        [1, 2, 3],
        [2, 3, 2],
      ],
      [2, 2, 2],
    ],
    ["i,i->i", [[1], [3]], [3]],
    ["...,...->...", [[], [2, 3]], [2, 3]],
    ["ii,i->i", [[1, 1], [3]], [3]],
  ] as [string, number[][], number[]][]) {
    test(`${equation} of ${JSON.stringify(shapes)}, with gradients`, () =>
      checkOp({ op: (...operands) => einsum(equation, ...operands), shapes, result }));
  }
  test("without an arrow the axes of ... come first", () => {
    expect(einsum("b...a", zeros([2, 3, 4, 5])).shape).toEqual([3, 4, 5, 2]);
    expect(einsum("...ij,...jk", zeros([7, 2, 3]), zeros([1, 3, 4])).shape).toEqual([7, 2, 4]);
    expect(einsum("...", zeros([2, 3])).shape).toEqual([2, 3]);
  });
  test("an extent of 1 beside 0 is repeated no time", () => {
    expect(einsum("ij,jk->ik", zeros([2, 1]), zeros([0, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(einsum("i,i->i", zeros([1]), zeros([0])).shape).toEqual([0]);
  });
  test("errors of ... and of extents that do not broadcast", () => {
    expect(failure(() => einsum("...ijk->i", zeros([2, 3])))).toBe('SHAPE einsum: "...ijk" names 3 axes; operand 0 has shape [2, 3].');
    expect(failure(() => einsum("...i,...i->i", zeros([2, 4]), zeros([3, 4])))).toBe(
      'SHAPE einsum: "..." is 2 and, in operand 1 [3, 4], 3.',
    );
    expect(failure(() => einsum("ii->i", zeros([1, 3])))).toBe('SHAPE einsum: "i" is 1 and, in operand 0 [1, 3], 3.');
  });
  test("integers", () => {
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: "int32" },
    );
    expect(einsum("ij,ij->ij", x, x).toArray()).toEqual([
      [1, 4],
      [9, 16],
    ]);
    expect(einsum("ii->", x).dtype).toBe("int32");
  });
  test("errors", () => {
    const x = zeros([2, 3]);
    expect(failure(() => einsum("ij,jk->ik", x))).toBe('ARGUMENT einsum: "ij,jk->ik" has 2 operands; 1 given.');
    expect(failure(() => einsum("ijk->i", x))).toBe('SHAPE einsum: "ijk" names 3 axes; operand 0 has shape [2, 3].');
    expect(failure(() => einsum("ij,jk->ik", x, zeros([4, 2])))).toBe('SHAPE einsum: "j" is 3 and, in operand 1 [4, 2], 4.');
    expect(failure(() => einsum("ij->ik", x))).toBe(
      'ARGUMENT einsum: "k" behind the arrow of "ij->ik" must stand there once and name an axis of an operand.',
    );
    expect(failure(() => einsum("ij->ii", x))).toBe(
      'ARGUMENT einsum: "i" behind the arrow of "ij->ii" must stand there once and name an axis of an operand.',
    );
    for (const equation of ["......ij->ji", "i..j->ji", "ij->j->i", "i1->i", "ij->...i..."]) {
      expect(failure(() => einsum(equation, x))).toBe(
        `ARGUMENT einsum: cannot read the equation "${equation}"; expected letters, commas and "...", then at most one ->.`,
      );
    }
    expect(failure(() => einsum("ij->i", [1] as never))).toBe(
      "ARGUMENT einsum: operand 0 is an array of length 1; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => einsum(x as never, "ij" as never))).toBe(
      'ARGUMENT einsum: the first argument is no string. Write einsum("ij,jk->ik", a, b).',
    );
  });
});
