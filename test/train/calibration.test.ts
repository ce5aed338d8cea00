import { expect, test } from "vitest";
import { expectedCalibrationError, reliabilityCurve, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";
import { normals } from "../support/kernels.js";

const n = 200;
const logits = tensor(normals(3 * n, 4), { shape: [n, 3] })
  .mul(2)
  .detach();
const labels = tensor(
  Array.from({ length: n }, (_, i) => (i * 7) % 3),
  { dtype: "int32" },
);
const p = logits.softmax(1).detach();

/** The formula of Guo et al., bin by bin. */
function gaps(bins: number): { gap: number; share: number }[] {
  const told = (p.toArray() as number[][]).map((row, i) => ({
    confidence: Math.max(...row),
    right: Number(row.indexOf(Math.max(...row)) === labels.data[i]),
  }));
  return Array.from({ length: bins }, (_, b) => {
    const inside = told.filter(({ confidence }) => confidence > b / bins && confidence <= (b + 1) / bins);
    const mean = (of: (one: (typeof told)[0]) => number): number => inside.reduce((sum, one) => sum + of(one), 0) / (inside.length || 1);
    return { gap: Math.abs(mean(({ right }) => right) - mean(({ confidence }) => confidence)), share: inside.length / n };
  });
}

test("the error is that of the paper, in each norm", () => {
  for (const bins of [15, 10, 1]) {
    const expected = gaps(bins);
    const one = expected.reduce((sum, { gap, share }) => sum + share * gap, 0);
    const two = Math.sqrt(expected.reduce((sum, { gap, share }) => sum + share * gap * gap, 0));
    const max = Math.max(...expected.map(({ gap }) => gap));
    expect(expectedCalibrationError(p, labels, { bins })).toBeCloseTo(one, 6);
    expect(expectedCalibrationError(p, labels, { bins, norm: 2 })).toBeCloseTo(two, 6);
    expect(expectedCalibrationError(p, labels, { bins, norm: "max" })).toBeCloseTo(max, 6);
  }
  const fifteen = expectedCalibrationError(p, labels);
  expect(fifteen).toBeCloseTo(expectedCalibrationError(p, labels, { bins: 15 }), 12);
  expect(expectedCalibrationError(logits, labels, { fromLogits: true })).toBeCloseTo(fifteen, 6);
  expect(expectedCalibrationError(p.reshape([20, 10, 3]).transpose(1, 2), labels.reshape([20, 10]))).toBeCloseTo(fifteen, 10);
});

test("bins of width and of mass; of a single column the probability of yes", () => {
  const [scores, truth] = [tensor([0.1, 0.25, 0.5, 0.75, 1, 0]), tensor([0, 1, 0, 1, 1, 0])];
  expect(reliabilityCurve(scores, truth, { bins: 4 })).toEqual({
    confidence: [expect.closeTo(0.35 / 3, 6), 0.5, 0.75, 1],
    accuracy: [1 / 3, 0, 1, 1],
    count: [3, 1, 1, 1],
  });
  expect(reliabilityCurve(scores, truth, { bins: 4, binning: "mass" })).toEqual({
    confidence: [expect.closeTo(0.05, 6), 0.375, 0.75, 1],
    accuracy: [0, 0.5, 1, 1],
    count: [2, 2, 1, 1],
  });
  const empty = reliabilityCurve(scores, truth, { bins: 100 });
  expect(empty.count.reduce((sum, count) => sum + count, 0)).toBe(6);
  expect(empty.accuracy[50]).toBeNaN();
  const columns = reliabilityCurve(scores.reshape([3, 2]), truth.reshape([3, 2]), { bins: 4, multiLabel: true });
  expect(columns).toEqual(reliabilityCurve(scores, truth, { bins: 4 }));
  expect(expectedCalibrationError(scores, tensor([-1, 1, -1, -1, 1, 0]), { ignoreIndex: -1, bins: 2 })).toBeCloseTo(
    (2 / 3) * (0.5 - 0.125) + 0,
    6,
  );
});

test("errors", () => {
  expect(failure(() => expectedCalibrationError(logits, labels))).toMatch(
    /^ARGUMENT expectedCalibrationError: the prediction .* is no probability. Of logits write fromLogits: true\.$/,
  );
  expect(failure(() => expectedCalibrationError(p, labels, { norm: 3 as never }))).toBe(
    'ARGUMENT expectedCalibrationError: norm is 3; expected 1, 2 or "max".',
  );
  expect(failure(() => reliabilityCurve(p, labels, { bins: 0 }))).toBe(
    "ARGUMENT reliabilityCurve: bins is 0; expected a whole number ≥ 1.",
  );
  expect(failure(() => reliabilityCurve(tensor(0.5), tensor(1)))).toMatch(/^SHAPE reliabilityCurve: the prediction has shape/);
});
