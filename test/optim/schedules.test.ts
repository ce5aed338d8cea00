import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chainedSchedules,
  constantRate,
  cosineDecay,
  cosineRestarts,
  cyclicalRate,
  exponentialDecay,
  exponentialWarmup,
  growingBatch,
  inverseSqrtDecay,
  inverseTimeDecay,
  lambdaRate,
  linearDecay,
  linearWarmup,
  multiplicativeDecay,
  multiStepDecay,
  oneCycle,
  perEpoch,
  piecewiseConstant,
  polynomialDecay,
  type Schedule,
  schedules,
  sequentialSchedules,
  stepDecay,
  withMomentum,
} from "../../src/optim/index.js";
import { cosPi, exp, ln } from "../../src/optim/schedules/exact.js";
import { realPower } from "../../src/optim/schedules/realPower.js";
import { failure } from "../support/errors.js";
import { read } from "../support/repository.js";

interface Golden {
  readonly name: string;
  readonly lr: number[];
  readonly momentum?: number[];
  readonly metrics?: number[];
}

const { cases } = JSON.parse(read("test/golden/lr_schedulers.json")) as { cases: Golden[] };

/** The golden schedules, written with ours; all 61 rates. Those that a metric drives stand in test/train/rates.test.ts. */
const GOLDEN: Record<string, Schedule> = {
  StepLR: stepDecay(0.1, { stepSize: 10, gamma: 0.5 }),
  StepLR_default: stepDecay(0.1, { stepSize: 25 }),
  CosineAnnealingLR_short: cosineDecay(0.1, { steps: 20, minimum: 0.01 }),
  CosineWarmRestarts: cosineRestarts(0.1, { steps: 10 }),
  CosineWarmRestarts_mult: cosineRestarts(0.1, { steps: 8, multiplier: 2, minimum: 0.001 }),
  OneCycleLR_three_phase: oneCycle(0.5, { steps: 61, threePhase: true, pctStart: 0.4, divFactor: 10, finalDivFactor: 100 }),
  CyclicLR_triangular: cyclicalRate(0.01, { maximum: 0.1, stepSizeUp: 8, gamma: 0.97, cycleMomentum: false }),
  CyclicLR_exp_range: cyclicalRate(0.01, { maximum: 0.1, stepSizeUp: 8, mode: "expRange", gamma: 0.97, cycleMomentum: false }),
  CyclicLR_updown_momentum: cyclicalRate(0.01, { maximum: 0.1, stepSizeUp: 4, stepSizeDown: 12 }),
  PolynomialLR: polynomialDecay(0.1, { steps: 40 }),
  LambdaLR_pow: exponentialDecay(0.1, { gamma: 0.95 }),
  LambdaLR_inv: inverseTimeDecay(0.1, { steps: 10 }),
  Sequential_warmup_cosine: linearWarmup(cosineDecay(0.1, { steps: 50 }), { steps: 10, start: 0.1 }),
};

/** PyTorch 1.13's rates, and momenta where they move, at the steps 0, 1, 7, 20, 30 and 60, for options that the golden ones lack. */
const AT = [0, 1, 7, 20, 30, 60];
const PYTORCH: Record<string, [schedule: Schedule, rates: number[], momenta?: number[]]> = {
  "ConstantLR(factor=0.5, total_iters=20)": [constantRate(0.3, { factor: 0.5, steps: 20 }), [0.15, 0.15, 0.15, 0.3, 0.3, 0.3]],
  "LinearLR(start_factor=0.5, end_factor=0.2, total_iters=20)": [
    linearDecay(1, { start: 0.5, end: 0.2, steps: 20 }),
    [0.5, 0.485, 0.395, 0.2, 0.2, 0.2],
  ],
  "ExponentialLR(gamma=0.99)": [
    exponentialDecay(0.3, { gamma: 0.99 }),
    [0.3, 0.297, 0.27961960437209693, 0.2453720812791692, 0.22191011201648406, 0.16414699271722832],
  ],
  "MultiStepLR(milestones=[25, 32, 34, 50])": [
    multiStepDecay(0.01, { milestones: [25, 32, 34, 50] }),
    [0.01, 0.01, 0.01, 0.01, 0.001, 1e-6],
  ],
  "CosineAnnealingLR(T_max=20, eta_min=0.05), beyond T_max": [
    cosineDecay(1, { steps: 20, minimum: 0.05 }),
    [1, 0.9941519617826905, 0.7406454873762848, 0.05, 0.525, 0.05],
  ],
  "CosineAnnealingWarmRestarts(T_0=5, T_mult=3, eta_min=0.001)": [
    cosineRestarts(0.01, { steps: 5, multiplier: 3, minimum: 0.001 }),
    [0.01, 0.009140576474687266, 0.009610954559391705, 0.01, 0.008947199994035402, 0.0012713832064634126],
  ],
  "PolynomialLR(total_iters=70, power=1.7)": [
    polynomialDecay(0.3, { steps: 70, power: 1.7 }),
    [0.3, 0.2927507665697491, 0.2508034583750502, 0.16931818096224377, 0.1158661487951362, 0.010976265076659187],
  ],
  "CyclicLR(triangular2, step_size_down=3, base_momentum=0.5)": [
    cyclicalRate(0.01, { maximum: 0.5, stepSizeUp: 5, stepSizeDown: 3, mode: "triangular2", baseMomentum: 0.5 }),
    [0.01, 0.108, 0.17333333333333334, 0.108, 0.050833333333333335, 0.0130625],
    [0.9, 0.82, 0.7666666666666667, 0.82, 0.8666666666666667, 0.8975],
  ],
  "OneCycleLR(linear, three_phase, total_steps=200)": [
    oneCycle(0.5, {
      epochs: 20,
      stepsPerEpoch: 10,
      pctStart: 0.25,
      annealStrategy: "linear",
      baseMomentum: 0.6,
      divFactor: 10,
      threePhase: true,
    }),
    [0.05, 0.05918367346938776, 0.11428571428571428, 0.23367346938775513, 0.32551020408163267, 0.3989795918367347],
    [0.95, 0.9428571428571428, 0.9, 0.8071428571428572, 0.7357142857142857, 0.6785714285714286],
  ],
  MultiplicativeLR: [
    multiplicativeDecay(0.1, (step) => (step % 3 === 0 ? 1.02 : 0.95)),
    [0.1, 0.095, 0.08050416873749999, 0.05492012342952657, 0.04369923390626863, 0.019096230439947764],
  ],
  "ChainedScheduler([ConstantLR, ExponentialLR, StepLR])": [
    chainedSchedules([
      constantRate(0.1, { factor: 0.1, steps: 3 }),
      exponentialDecay(1, { gamma: 0.9 }),
      stepDecay(1, { stepSize: 10, gamma: 0.5 }),
    ]),
    [0.01, 0.009, 0.04782969, 0.003039416364764235, 0.0005298894784402032, 2.8078285936163036e-6],
  ],
  "SequentialLR([ConstantLR, ExponentialLR, CosineAnnealingLR], [4, 30])": [
    sequentialSchedules(
      [constantRate(0.1, { factor: 0.1, steps: 3 }), exponentialDecay(0.1, { gamma: 0.9 }), cosineDecay(0.1, { steps: 7, minimum: 0.01 })],
      { milestones: [4, 30] },
    ),
    [0.01, 0.01, 0.0729, 0.01853020188851842, 0.1, 0.08305704108364376],
  ],
};

/** Schedules with steps and the rates there, each a number that the formula gives without rounding. */
const EXACT: Record<keyof typeof schedules, readonly (readonly [Schedule, readonly number[], readonly number[]])[]> = {
  constantRate: [
    [constantRate(0.1), [0, 1e9], [0.1, 0.1]],
    [constantRate(1, { steps: 2, factor: 0.5 }), [0, 1, 2], [0.5, 0.5, 1]],
  ],
  lambdaRate: [[lambdaRate(2, (step) => 1 / (1 + step)), [0, 1, 3], [2, 1, 0.5]]],
  multiplicativeDecay: [[multiplicativeDecay(1, (step) => (step === 2 ? 0.25 : 0.5)), [3, 0, 1, 2], [0.0625, 1, 0.5, 0.125]]],
  multiStepDecay: [[multiStepDecay(1, { milestones: [4, 2, 4], gamma: 0.5 }), [0, 1, 2, 3, 4, 9], [1, 1, 0.5, 0.5, 0.125, 0.125]]],
  // The course's example: three rates, the second from epoch 5, the third from epoch 15.
  piecewiseConstant: [
    [piecewiseConstant([0.01, 0.005, 0.001], { milestones: [5, 15] }), [0, 4, 5, 14, 15], [0.01, 0.01, 0.005, 0.005, 0.001]],
  ],
  // The course's line: rate · (1 − t / T).
  linearDecay: [
    [linearDecay(1, { steps: 4 }), [0, 1, 2, 3, 4, 5], [1, 0.75, 0.5, 0.25, 0, 0]],
    [linearDecay(1, { steps: 4, start: 0.5, end: 1 }), [0, 2, 4, 9], [0.5, 0.75, 1, 1]],
  ],
  polynomialDecay: [
    [polynomialDecay(1, { steps: 4, power: 2 }), [0, 2, 3, 4, 5], [1, 0.25, 0.0625, 0, 0]],
    [polynomialDecay(1, { steps: 4, minimum: 0.5, power: 0.5 }), [0, 3, 4, 5], [1, 0.75, 0.5, 0.5]],
    // At 5 the way is 8 steps long, at 9 it is 12.
    [polynomialDecay(1, { steps: 4, cycle: true }), [0, 4, 5, 8, 9], [1, 0, 0.375, 0, 0.25]],
  ],
  // 1 / t, where the first step counts as 1; and power scheduling.
  inverseTimeDecay: [
    [inverseTimeDecay(1), [0, 1, 3, 7], [1, 1 / 2, 1 / 4, 1 / 8]],
    [inverseTimeDecay(1, { steps: 5 }), [0, 5, 15], [1, 1 / 2, 1 / 4]],
    [inverseTimeDecay(1, { steps: 2, power: 2, staircase: true }), [0, 1, 2, 3], [1, 1, 1 / 4, 1 / 4]],
  ],
  inverseSqrtDecay: [
    [inverseSqrtDecay(1), [0, 3, 15], [1, 1 / 2, 1 / 4]],
    [inverseSqrtDecay(1, { steps: 4 }), [0, 12], [1, 1 / 2]],
  ],
  cosineRestarts: [
    [cosineRestarts(1, { steps: 2 }), [0, 1, 2, 3, 4], [1, 0.5, 1, 0.5, 1]],
    [cosineRestarts(1, { steps: 2, multiplier: 3, damping: 0.5 }), [0, 1, 2, 5, 8, 17], [1, 0.5, 0.5, 0.25, 0.25, 0.125]],
  ],
  cyclicalRate: [
    [cyclicalRate(0, { maximum: 1, stepSizeUp: 2 }), [0, 1, 2, 3, 4, 6], [0, 0.5, 1, 0.5, 0, 1]],
    [cyclicalRate(0, { maximum: 1, stepSizeUp: 2, mode: "triangular2" }), [2, 6, 10], [1, 0.5, 0.25]],
    [cyclicalRate(0, { maximum: 1, stepSizeUp: 2, scaleFn: (cycle) => 1 / cycle }), [2, 6, 10], [1, 1 / 2, 1 / 3]],
    [cyclicalRate(0, { maximum: 1, stepSizeUp: 2, scaleFn: (step) => 2 ** -step, scaleMode: "iterations" }), [2, 6], [1 / 4, 1 / 64]],
  ],
  oneCycle: [
    [
      oneCycle(8, { steps: 8, pctStart: 0.625, divFactor: 4, finalDivFactor: 2, annealStrategy: "linear" }),
      [0, 2, 4, 7, 8],
      [2, 5, 8, 1, 1],
    ],
    [oneCycle(8, { steps: 8, pctStart: 0.625, divFactor: 4, finalDivFactor: 2 }), [0, 2, 4, 7, 99], [2, 5, 8, 1, 1]],
    // A rise of one step has no length: it is over at once.
    [oneCycle(8, { steps: 5, pctStart: 0.2, divFactor: 4, finalDivFactor: 2 }), [0, 2, 4], [8, 4.5, 1]],
  ],
  exponentialWarmup: [[exponentialWarmup(1, { steps: 2, start: 1 / 16 }), [0, 1, 2, 3], [1 / 16, 1 / 4, 1, 1]]],
  chainedSchedules: [[chainedSchedules([(step) => step, 0.5, constantRate(1, { steps: 3, factor: 0.5 })]), [0, 2, 4], [0, 0.5, 2]]],
  sequentialSchedules: [[sequentialSchedules([7, (step) => step, 9], { milestones: [2, 5] }), [0, 1, 2, 4, 5, 6], [7, 7, 0, 2, 9, 9]]],
  stepDecay: [[stepDecay(1, { stepSize: 2, gamma: 0.5 }), [0, 1, 2, 3, 4], [1, 1, 0.5, 0.5, 0.25]]],
  exponentialDecay: [
    [exponentialDecay(1, { gamma: 0.5 }), [0, 1, 2, 10], [1, 0.5, 0.25, 2 ** -10]],
    [exponentialDecay(1, { gamma: 0.25, steps: 4 }), [0, 2, 4, 6], [1, 0.5, 0.25, 0.125]],
  ],
  cosineDecay: [[cosineDecay(1, { steps: 10 }), [0, 5, 10, 15, 20], [1, 0.5, 0, 0.5, 1]]],
  linearWarmup: [
    [linearWarmup(0.5, { steps: 4, start: 0 }), [0, 1, 2, 3, 4, 5], [0, 0.125, 0.25, 0.375, 0.5, 0.5]],
    [linearWarmup(3, { steps: 4 }), [0], [1]],
  ],
  growingBatch: [
    [
      growingBatch(16, { schedule: stepDecay(1, { stepSize: 2, gamma: 0.5 }), maximum: 100 }),
      [0, 1, 2, 4, 6, 8],
      [16, 16, 32, 64, 100, 100],
    ],
    // The rate that is left: the schedule's is 2⁻³ and 2⁻⁴ where the batch has 100 of 128 and 256 samples.
    [
      growingBatch(16, { schedule: stepDecay(1, { stepSize: 2, gamma: 0.5 }), maximum: 100 }).rate,
      [0, 2, 4, 6, 8],
      [1, 1, 1, 100 / 128, 100 / 256],
    ],
  ],
  withMomentum: [
    [
      withMomentum(
        (step) => step,
        () => 0.5,
      ),
      [0, 3],
      [0, 3],
    ],
  ],
  perEpoch: [[perEpoch((epoch) => epoch, 3), [0, 2, 3, 6], [0, 0, 1, 2]]],
};

describe("schedules", () => {
  it.each(Object.entries(GOLDEN))("%s is PyTorch's", (name, schedule) => {
    const golden = cases.find((one) => one.name === name);
    expect(golden?.lr.length).toBe(61);
    golden?.lr.forEach((rate, step) => {
      expect(Math.abs(schedule(step) - rate), `step ${step}: ${schedule(step)}, PyTorch ${rate}`).toBeLessThan(1e-15);
    });
    expect(schedule.momentum !== undefined).toBe(golden?.momentum !== undefined);
    golden?.momentum?.forEach((momentum, step) => {
      expect(Math.abs((schedule.momentum?.(step) ?? 0) - momentum), `step ${step}`).toBeLessThan(1e-15);
    });
  });

  it("of PyTorch are all here", () => {
    expect(cases.filter(({ metrics }) => metrics === undefined).map(({ name }) => name)).toEqual(Object.keys(GOLDEN));
  });

  it.each(Object.entries(PYTORCH))("%s is PyTorch's", (_, [schedule, rates, momenta]) => {
    AT.forEach((step, i) => {
      expect(Math.abs(schedule(step) - rates[i]), `step ${step}: ${schedule(step)}, PyTorch ${rates[i]}`).toBeLessThan(1e-15);
      if (momenta !== undefined) expect(Math.abs((schedule.momentum?.(step) ?? 0) - momenta[i])).toBeLessThan(1e-15);
    });
  });

  it("of courses are these: e^(−k·t), 0.1^(t / s), a warm-up from 0, the rate of Transformers", () => {
    for (const t of [0, 1, 5, 20, 33]) {
      expect(exponentialDecay(0.3, { gamma: Math.exp(-0.1) })(t)).toBeCloseTo(0.3 * Math.exp(-0.1 * t), 15);
      expect(exponentialDecay(0.01, { gamma: 0.1, steps: 20 })(t)).toBeCloseTo(0.01 * 0.1 ** (t / 20), 16);
    }
    expect(linearWarmup(0.1, { steps: 5000, start: 0 })(0)).toBe(0);
    expect(linearWarmup(0.1, { steps: 5000, start: 0 })(2500)).toBe(0.05);
    const transformer = linearWarmup(inverseSqrtDecay(1, { steps: 100 }), { steps: 100, start: 0 });
    for (const t of [0, 1, 50, 99, 100, 101, 400, 2500])
      expect(transformer(t)).toBeCloseTo(Math.min(t / 100, Math.sqrt(100 / Math.max(t, 1))), 15);
  });

  it("carry the momentum through warm-ups, epochs, products and sequences", () => {
    const cycle = cyclicalRate(0, { maximum: 1, stepSizeUp: 2, maxMomentum: 0.75, baseMomentum: 0.25 });
    const momenta = (schedule: Schedule, steps = 6): number[] =>
      Array.from({ length: steps }, (_, step) => schedule.momentum?.(step) ?? -1);
    expect(momenta(cycle)).toEqual([0.75, 0.5, 0.25, 0.5, 0.75, 0.5]);
    expect(momenta(linearWarmup(cycle, { steps: 3 }))).toEqual([0.75, 0.75, 0.75, 0.75, 0.5, 0.25]);
    expect(momenta(exponentialWarmup(cycle, { steps: 4 }))).toEqual([0.75, 0.75, 0.75, 0.75, 0.75, 0.5]);
    expect(momenta(perEpoch(cycle, 2))).toEqual([0.75, 0.75, 0.5, 0.5, 0.25, 0.25]);
    expect(momenta(chainedSchedules([cycle, 2]))).toEqual(momenta(cycle));
    // Before the cycle as where it begins, after it as where it ended.
    expect(momenta(sequentialSchedules([1, cycle, 1], { milestones: [1, 4] }))).toEqual([0.75, 0.75, 0.5, 0.25, 0.25, 0.25]);
    for (const still of [
      linearWarmup(1, { steps: 3 }),
      perEpoch(1, 2),
      chainedSchedules([1]),
      sequentialSchedules([1], { milestones: [] }),
    ])
      expect(still.momentum).toBeUndefined();
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
    expect(() => oneCycle(1, { epochs: 3 })).toThrow(
      "oneCycle: steps is undefined, epochs 3, stepsPerEpoch undefined; expected steps, or the two others",
    );
    expect(() => oneCycle(1, { steps: 3, epochs: 3, stepsPerEpoch: 1 })).toThrow("expected steps, or the two others");
    expect(() => cyclicalRate(1, { maximum: 0.5 })).toThrow("cyclicalRate: maximum is 0.5, rate is 1; expected at least the rate");
    expect(() => cyclicalRate(1, { maximum: 2, baseMomentum: 1 })).toThrow("baseMomentum is 1; expected a number from 0 to below 1");
    expect(() => piecewiseConstant([1, 2], { milestones: [] })).toThrow(
      "piecewiseConstant: there are 2 rates and 0 milestones; expected one milestone fewer",
    );
    expect(() => sequentialSchedules([1, 2, 3], { milestones: [5, 3] })).toThrow("milestones are 5, 3; expected them to ascend");
    expect(() => piecewiseConstant([1, 2, 3], { milestones: [5, 3] })).toThrow("milestones are 5, 3; expected them to ascend");
    expect(() => multiStepDecay(1, { milestones: [1.5] })).toThrow("expected an array of whole numbers ≥ 0");
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

describe("realPower", () => {
  it("is the power, to 4e-15 of itself", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 10, noNaN: true }), fc.double({ min: 0, max: 40, noNaN: true }), (x, p) => {
        expect(Math.abs(realPower(x, p) / x ** p - 1)).toBeLessThan(4e-15);
      }),
    );
  });

  it("is exact where the exponent is whole or a half", () => {
    expect([realPower(3, 4), realPower(4, 0.5), realPower(4, 2.5), realPower(0, 0), realPower(0, 0.3), realPower(0.3, 0)]).toEqual([
      81, 2, 32, 1, 0, 1,
    ]);
  });

  it("rests on ln and exp to 2 · 2⁻⁵²", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(5e-16 * Math.max(1, Math.abs(Math.log(x))));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -600, max: 600, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
    );
  });

  it("and these have limits", () => {
    expect([0, Infinity, -1, Number.NaN].map(ln)).toEqual([-Infinity, Infinity, Number.NaN, Number.NaN]);
    expect([-Infinity, -1e9, 1e9, Infinity, Number.NaN].map(exp)).toEqual([0, 0, Infinity, Infinity, Number.NaN]);
  });
});
