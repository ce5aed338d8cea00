import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  constantRate,
  cosineDecay,
  exponentialDecay,
  linearWarmup,
  perEpoch,
  type Schedule,
  schedules,
  stepDecay,
} from "../../src/optim/index.js";
import { cosPi } from "../../src/optim/schedules/exact.js";
import { failure } from "../support/errors.js";
import { read } from "../support/repository.js";

const { cases } = JSON.parse(read("test/golden/lr_schedulers.json")) as { cases: { name: string; lr: number[] }[] };

/** The golden schedules that can be written with ours; all 61 rates. */
const GOLDEN: Record<string, Schedule> = {
  StepLR: stepDecay(0.1, { stepSize: 10, gamma: 0.5 }),
  StepLR_default: stepDecay(0.1, { stepSize: 25 }),
  CosineAnnealingLR_short: cosineDecay(0.1, { steps: 20, minimum: 0.01 }),
  CosineWarmRestarts: (step) => cosineDecay(0.1, { steps: 10 })(step % 10),
  LambdaLR_pow: exponentialDecay(0.1, { gamma: 0.95 }),
  LambdaLR_inv: (step) => 0.1 / (1 + 0.1 * step),
  Sequential_warmup_cosine: linearWarmup(cosineDecay(0.1, { steps: 50 }), { steps: 10, start: 0.1 }),
};

/** Schedules with steps and the rates there, each a number that the formula gives without rounding. */
const EXACT: Record<keyof typeof schedules, readonly (readonly [Schedule, readonly number[], readonly number[]])[]> = {
  constantRate: [[constantRate(0.1), [0, 1e9], [0.1, 0.1]]],
  stepDecay: [[stepDecay(1, { stepSize: 2, gamma: 0.5 }), [0, 1, 2, 3, 4], [1, 1, 0.5, 0.5, 0.25]]],
  exponentialDecay: [[exponentialDecay(1, { gamma: 0.5 }), [0, 1, 2, 10], [1, 0.5, 0.25, 2 ** -10]]],
  cosineDecay: [[cosineDecay(1, { steps: 10 }), [0, 5, 10, 15, 20], [1, 0.5, 0, 0.5, 1]]],
  linearWarmup: [
    [linearWarmup(0.5, { steps: 4, start: 0 }), [0, 1, 2, 3, 4, 5], [0, 0.125, 0.25, 0.375, 0.5, 0.5]],
    [linearWarmup(3, { steps: 4 }), [0], [1]],
  ],
  perEpoch: [[perEpoch((epoch) => epoch, 3), [0, 2, 3, 6], [0, 0, 1, 2]]],
};

describe("schedules", () => {
  it.each(Object.entries(GOLDEN))("%s is PyTorch's", (name, schedule) => {
    const golden = cases.find((one) => one.name === name)?.lr ?? [];
    expect(golden.length).toBe(61);
    golden.forEach((rate, step) => {
      expect(Math.abs(schedule(step) - rate), `step ${step}: ${schedule(step)}, PyTorch ${rate}`).toBeLessThan(1e-15);
    });
  });

  it.each(Object.entries(EXACT))("%s gives simple numbers exactly", (_, cases) => {
    for (const [schedule, steps, rates] of cases) expect(steps.map((step) => schedule(step))).toEqual(rates);
  });

  it("of the registry have exact numbers, each of them", () => expect(Object.keys(EXACT).sort()).toEqual(Object.keys(schedules).sort()));

  it.each(Object.entries(schedules))("%s refuses wrong arguments", (name, schedule) => {
    const make = schedule as unknown as (...args: unknown[]) => Schedule;
    for (const args of [[], ["fast"], [-1, {}], [Number.NaN, { steps: 3 }], [0.1, { foo: 1 }, 3], [0.1, 3, 3, 3]]) {
      expect(failure(() => make(...args))).toMatch(new RegExp(`^ARGUMENT ${name}: `));
    }
  });

  it("are functions of the step alone", () => {
    const schedule = linearWarmup(cosineDecay(0.1, { steps: 90 }), { steps: 10 });
    const forwards = Array.from({ length: 100 }, (_, step) => schedule(step));
    const backwards = Array.from({ length: 100 }, (_, i) => schedule(99 - i)).reverse();
    expect(backwards).toEqual(forwards);
  });

  it("say what is wrong with an argument", () => {
    expect(() => stepDecay(0.1, { stepSize: 0 })).toThrow("stepDecay: stepSize is 0; expected a whole number ≥ 1.");
    expect(() => stepDecay(0.1, { stepSize: 1, gama: 1 } as never)).toThrow(
      'stepDecay: unknown option "gama". Known: stepSize, gamma. Did you mean "gamma"?',
    );
    expect(() => exponentialDecay(-1, { gamma: 0.9 })).toThrow("exponentialDecay: rate is -1; expected a number ≥ 0.");
    expect(() => exponentialDecay(1, { gamma: 0 })).toThrow("exponentialDecay: gamma is 0; expected a number > 0.");
    expect(() => cosineDecay(1, { steps: 10, minimum: -1 })).toThrow("cosineDecay: minimum is -1; expected a number ≥ 0.");
    expect(() => linearWarmup(1, { steps: 10, start: 2 })).toThrow("linearWarmup: start is 2; expected a number from 0 to 1.");
    expect(() => perEpoch("cosine" as never, 3)).toThrow(
      'perEpoch: schedule is "cosine"; expected a function of the step, or a number ≥ 0.',
    );
  });
});

describe("cosPi", () => {
  it("is the cosine to 4 · 2⁻⁵³", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (m, part) => {
        const n = Math.floor(part * m);
        expect(Math.abs(cosPi(n, m) - Math.cos((Math.PI * n) / m))).toBeLessThan(5e-16);
      }),
    );
  });

  it("is exact at quarters of a turn, even and periodic", () => {
    for (const m of [1, 2, 3, 7, 100]) {
      expect(cosPi(0, m)).toBe(1);
      expect(cosPi(m, m)).toBe(-1);
      expect(cosPi(2 * m, m)).toBe(1);
      expect(cosPi(m, 2 * m)).toBe(0);
      for (let n = 0; n < 2 * m; n++) {
        expect(cosPi(-n, m)).toBe(cosPi(n, m));
        expect(cosPi(n + 2 * m * 1000, m)).toBe(cosPi(n, m));
        expect(cosPi(m - n, m)).toBe(0 - cosPi(n, m));
      }
    }
    expect(cosPi(1, 3)).toBeCloseTo(0.5, 15);
  });
});
