import { expect, test } from "vitest";
import { Adam, Parameter, SGD, schedules, zeros } from "../../src/index.js";
import { setRate } from "../../src/train/setRate.js";

const weights = () => [new Parameter(zeros([2]))];

test("a number becomes the rate as it was given; groups with rates of their own keep their ratio", () => {
  const optimizer = new SGD([{ params: weights() }, { params: weights(), learningRate: 0.01 }], { learningRate: 0.1 });
  setRate(optimizer, 0.3);
  expect(optimizer.learningRate).toBe(0.3);
  expect(optimizer.groups.map(({ learningRate }) => learningRate)).toEqual([0.3, expect.closeTo(0.03, 15)]);
  // Groups without one of their own follow the optimizer still.
  optimizer.learningRate = 1;
  expect(optimizer.groups[0].learningRate).toBe(1);
});

test("a schedule keeps its course, however often it is set, and a saved state keeps the factor", () => {
  const make = () => new Adam(weights(), { learningRate: schedules.linearDecay(0.1, { steps: 10 }) });
  const optimizer = make();
  const course = optimizer.learningRate as (step: number) => number;
  for (const rate of [0.5, 0.2, 0.05]) setRate(optimizer, rate);
  const now = optimizer.learningRate as typeof course & { lowered?: { schedule: unknown } };
  for (const step of [0, 3, 9]) expect(now(step)).toBeCloseTo(course(step) / 2, 15);
  // One factor, not a chain of them.
  expect(now.lowered?.schedule).toBe(course);
  const other = make();
  other.loadStateDict(optimizer.stateDict());
  expect(other.currentLearningRate).toBe(optimizer.currentLearningRate);
});

test("where a schedule is 0 there is nothing to multiply; a number there can be set", () => {
  const warm = new SGD(weights(), { learningRate: (step: number) => step / 10 });
  expect(() => setRate(warm, 0.1)).toThrow("setRate: the schedule's rate is 0 at step 0, and a factor makes nothing of it.");
  expect(warm.learningRate).toBeTypeOf("function");
  const still = new SGD([{ params: weights() }, { params: weights(), learningRate: 0.01 }], { learningRate: 0 });
  setRate(still, 0.1);
  expect(still.groups.map(({ learningRate }) => learningRate)).toEqual([0.1, 0.01]);
});
