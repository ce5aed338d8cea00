import { describe, expect, test } from "vitest";
import {
  allClose,
  bincount,
  capture,
  GraphError,
  histogram,
  maskedSelect,
  nonzero,
  quantile,
  repeatInterleave,
  type Tensor,
  tensor,
  unique,
  zeros,
} from "../../src/index.js";

const COUNTS = tensor([2, 1, 0]);

/** Functions that read elements, of x [3], and give a tensor. */
const READING: Record<string, (x: Tensor) => Tensor> = {
  allClose: (x) => x.mul(Number(allClose(x, zeros([3])))),
  bincount: (x) => x.add(bincount(x.abs().floor()).sum().cast("float32")),
  histogram: (x) => histogram(x, 2).hist,
  maskedSelect: (x) => maskedSelect(x, x.gt(0)).sum(),
  nonzero: (x) => nonzero(x.gt(0)).sum().cast("float32"),
  quantile: (x) => quantile(x, x.sigmoid()),
  repeatInterleave: (x) => repeatInterleave(x, COUNTS.add(x.gt(0).cast("float32"))),
  unique: (x) => unique(x).values,
};

const STEPS = [
  [1, -2, 3],
  [1, -2, 3],
  [-1, 2, 0.5],
  [4, 5, 6],
];

describe.each(Object.entries(READING))("%s", (_, f) => {
  test.each([
    ["a result", (x: Tensor) => f(x.mul(2)).mul(3)],
    ["an argument", (x: Tensor) => f(x).mul(3)],
  ])("of %s ends a captured step, which is never replayed with elements of an earlier one", (_, step) => {
    const captured = capture(step);
    let refused = 0;
    for (const values of STEPS) {
      const x = tensor(values);
      try {
        expect([...captured(x).data]).toEqual([...step(x).data]);
      } catch (error) {
        if (!(error instanceof GraphError)) throw error;
        expect(error.message).toMatch(/this step cannot be replayed: JavaScript reads the elements of /);
        refused++;
      }
    }
    expect(refused).toBe(1);
  });
});
