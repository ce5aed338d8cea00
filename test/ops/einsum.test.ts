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
    for (const equation of ["...ij->...ji", "ij->j->i", "i1->i"]) {
      expect(failure(() => einsum(equation, x))).toBe(
        `ARGUMENT einsum: cannot read the equation "${equation}"; expected letters and commas, then at most one ->.`,
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
