import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import { huber, type Parameter, SGD, type Tensor, tensor } from "../../src/index.js";
import * as losses from "../../src/nn/losses.js";
import { hatAt, reluSum, valuesOf } from "../../src/plot/approximation/reluSum.js";
import { curveOf } from "../../src/plot/curves/curve.js";
import { lossPanels } from "../../src/plot/curves/lossPanels.js";
import { corners } from "../../src/plot/curves/panel.js";
import { descend, errorOf, leastSquares } from "../../src/plot/descent/batches.js";
import { gradientOf, momentumStep } from "../../src/plot/descent/nesterov.js";
import { pathOf } from "../../src/plot/descent/path.js";
import { race } from "../../src/plot/descent/race.js";
import { SURFACES } from "../../src/plot/descent/surfaces.js";
import { budgeted, ellipse, excess } from "../../src/plot/penalty/budgets.js";
import { normalsOf, rightForAll } from "../../src/plot/perceptron/weightSpace.js";
import {
  activationCurves,
  batchPaths,
  lossShapes,
  optimizerRace,
  penaltyContours,
  perceptronWeights,
  universalApproximation,
} from "../../src/plot.js";

describe("curves", () => {
  test("a curve is the function with its derivative", () => {
    const { x, y, slope } = curveOf((t) => t.square(), -1, 1, 5);
    expect([x, y, slope]).toEqual([
      [-1, -0.5, 0, 0.5, 1],
      [1, 0.25, 0, 0.25, 1],
      [-2, -1, 0, 1, 2],
    ]);
  });

  const log = Math.log;
  const softplus = (x: number): number => log(1 + Math.exp(x));
  /** The losses of one sample by their formulas. */
  const FORMULAS: Readonly<Record<string, (x: number) => number>> = {
    mse: (d) => d * d,
    halfMse: (d) => (d * d) / 2,
    mae: (d) => Math.abs(d),
    huber: (d) => (Math.abs(d) < 1 ? (d * d) / 2 : Math.abs(d) - 0.5),
    smoothL1: (d) => (Math.abs(d) < 1 ? (d * d) / 2 : Math.abs(d) - 0.5),
    logCosh: (d) => log(Math.cosh(d)),
    wing: (d) => (Math.abs(d) < 10 ? 10 * log(1 + Math.abs(d) / 2) : Math.abs(d) - 10 + 10 * log(6)),
    pinball: (d) => (d < 0 ? -0.9 * d : 0.1 * d),
    asymmetricSquared: (d) => (d < 0 ? 0.9 : 0.1) * d * d,
    asymmetricHuber: (d) => (d < 0 ? 0.9 : 0.1) * (Math.abs(d) < 1 ? (d * d) / 2 : Math.abs(d) - 0.5),
    gaussianNll: (d) => (d * d) / 2,
    poissonNll: (x) => Math.exp(x) - x,
    binaryCrossEntropy: (x) => softplus(-x),
    binaryFocal: (x) => (0.25 * softplus(-x)) / (1 + Math.exp(x)) ** 2,
    multiLabelSoftMargin: (x) => softplus(-x),
    softMargin: (x) => softplus(-x),
    crossEntropy: (x) => softplus(-x),
    nll: (x) => softplus(-x),
    focal: (x) => softplus(-x) / (1 + Math.exp(x)) ** 2,
    earthMover: (x) => 1 / (1 + Math.exp(x)) ** 2,
    klDivergence: (x) => 0.7 * (log(0.7) + softplus(-x)) + 0.3 * (log(0.3) + softplus(x)),
    multiclassHinge: (x) => Math.max(0, 1 - x),
    squaredMulticlassHinge: (x) => Math.max(0, 1 - x) ** 2,
    multiMargin: (x) => Math.max(0, 1 - x) / 2,
    multiLabelMargin: (x) => Math.max(0, 1 - x) / 2,
    marginRanking: (x) => Math.max(0, -x),
    hingeEmbedding: (x) => Math.max(0, 1 - x),
    contrastive: (x) => Math.max(0, 1 - x) ** 2 / 2,
    tripletMargin: (x) => Math.max(0, x - 2 + 1),
    cosineEmbedding: (x) => Math.max(0, x),
    // The partner at cosine x, two others at right angles, temperature ½.
    ntXent: (x) => log(Math.exp(2 * x) + 2) - 2 * x,
    // Three steps spell the label by 1, 2 or 3 of them in a row: 6 ways.
    ctcLoss: (x) => 3 * softplus(x) - log(3 * Math.exp(x) + 2 * Math.exp(2 * x) + Math.exp(3 * x)),
  };

  test("every loss has a panel and a formula here", () => {
    const names = Object.keys(losses).sort();
    expect(Object.keys(lossPanels()).sort()).toEqual(names);
    expect(Object.keys(FORMULAS).sort()).toEqual(names);
  });

  test.for(Object.entries(lossPanels()))("%s is its formula, and its slope the difference quotient", ([name, { loss, from, to }]) => {
    const formula = FORMULAS[name];
    // None of the places is a corner.
    const { x, y, slope } = curveOf(loss, from + 0.0137, to - 0.0119, 24);
    for (const [i, at] of x.entries()) {
      expect(y[i]).toBeCloseTo(formula(at), 6);
      expect(slope[i]).toBeCloseTo((formula(at + 1e-5) - formula(at - 1e-5)) / 2e-5, 4);
    }
  });

  test("a line keeps the corners that it needs, and no gentle bend is lost", () => {
    expect(corners([0, 1, 2, 3, 3, 3], 1e-9)).toEqual([0, 3, 5]);
    const arc = Array.from({ length: 401 }, (_, i) => Math.sin(i / 200));
    const kept = corners(arc, 1e-3);
    expect(kept.length).toBeLessThan(60);
    for (let k = 1; k < kept.length; k++) {
      for (let i = kept[k - 1]; i <= kept[k]; i++) {
        const share = (i - kept[k - 1]) / (kept[k] - kept[k - 1]);
        expect(Math.abs(arc[kept[k - 1]] * (1 - share) + arc[kept[k]] * share - arc[i])).toBeLessThan(1.001e-3);
      }
    }
  });

  test("draws what is named, and functions of one's own", async () => {
    expect((await activationCurves(["gelu", "tanh"])).svg).toContain("x · Φ(x)");
    expect((await activationCurves({ square: (x) => x.square() }, { from: -2, to: 2 })).svg).toContain(">square<");
    // A loss of one's own gives the picture of the library's that it is, under its name.
    const own = await lossShapes({ huber: (x, y) => huber(x, y) });
    expect(own.svg).toBe((await lossShapes("huber")).svg);
  });

  test("says what it does not know", async () => {
    await expect(activationCurves("gelo")).rejects.toThrow(
      'activationCurves: there is no elementwise activation gelo. Did you mean "gelu"?',
    );
    await expect(activationCurves("softmax")).rejects.toThrow(ArgumentError);
    for (const wrong of [5n, new Map(), [], {}, { x: 1 }, [3]]) {
      await expect(activationCurves(wrong as never)).rejects.toThrow(
        /^activationCurves: what is shown is .*; expected names, or functions by name/,
      );
    }
    await expect(activationCurves(null, { from: 1, to: 1 })).rejects.toThrow("the range goes from 1 to 1; expected a greater end");
    await expect(lossShapes(["mse", "hubert"])).rejects.toThrow("there is no loss hubert");
  });
});

describe("optimizers on surfaces", () => {
  test("surfaces are flat and least where they say, 0 and −1; the saddle is one", () => {
    for (const { loss, minima = [], start } of Object.values(SURFACES)) {
      expect(minima.length).toBeGreaterThan(0);
      const value = ([x, y]: readonly [number, number]): number =>
        loss(tensor([x], { dtype: "float64" }), tensor([y], { dtype: "float64" })).item();
      for (const place of minima) {
        for (const slope of gradientOf(loss, place)) expect(Math.abs(slope)).toBeLessThan(1e-9);
        for (let i = 0; i < 8; i++) {
          const [dx, dy] = [Math.cos(i), Math.sin(i)].map((part) => 0.01 * part);
          expect(value([place[0] + dx, place[1] + dy])).toBeGreaterThan(value(place));
        }
        expect(value(place)).toBeLessThan(value(start));
      }
    }
    expect(gradientOf(SURFACES.saddle.loss, [0, 0])).toEqual([0, 0]);
    // Beale's function by its formula, at a place of no meaning.
    const [x, y] = [0.7, -0.4];
    const [gx] = gradientOf(SURFACES.beale.loss, [x, y]);
    const terms = [1, 2, 3].map((k) => [1.5, 2.25, 2.625][k - 1] - x + x * y ** k);
    expect(gx).toBeCloseTo(
      terms.reduce((sum, term, i) => sum + 2 * term * (y ** (i + 1) - 1), 0),
      10,
    );
  });

  test("a path is the optimizer's: gradient descent in a bowl shrinks each coordinate by its own factor", () => {
    const path = pathOf(
      (a, b) => a.square().add(b.square().mul(10)).mul(0.5),
      (p) => new SGD(p, { learningRate: 0.1 }),
      [2, 1],
      5,
    );
    expect(path.length).toBe(6);
    path.forEach(([x, y], i) => {
      expect(x).toBeCloseTo(2 * 0.9 ** i, 5);
      expect(y).toBeCloseTo(i === 0 ? 1 : 0, 5);
    });
  });

  test("a path ends where numbers end", () => {
    const path = pathOf(
      (a, b) => a.square().square().add(b),
      (p) => new SGD(p, { learningRate: 10 }),
      [10, 0],
      50,
    );
    expect(path.length).toBeLessThan(50);
    expect(path.flat().every(Number.isFinite)).toBe(true);
  });

  test("Adam's first step is the rate in each coordinate, and the rates are told", () => {
    const [sgd, , , , , adam] = race(SURFACES.beale, null, 1);
    expect([sgd.name, sgd.rate, adam.name, adam.rate]).toEqual(["SGD", 0.01, "Adam", 0.1]);
    expect(adam.path[1][0]).toBeCloseTo(1 - 0.1, 4);
    expect(adam.path[1][1]).toBeCloseTo(1.5 - 0.1, 4);
  });

  test("the picture moves along each path, step by step, and stands still at its end", async () => {
    const bowl = { title: "Bowl", loss: SURFACES.saddle.loss, x: [-2, 2], y: [-2, 2], start: [1, 1] } as const;
    const optimizers = { slow: (p: Parameter[]) => new SGD(p, { learningRate: 0.1 }) };
    const { svg } = await optimizerRace(bowl, { steps: 20, seconds: 5, optimizers });
    const [, end, moving] = svg.match(/<circle cx="([-\d.]+)"[^>]*><animate attribute-?name="cx" values="([^"]*)"/i) ?? [];
    const values = moving.split(";").map(Number);
    // 20 steps in 5 s, then 2 s, which are 8 steps more.
    expect(values.length).toBe(21 + 8);
    expect(Math.abs(values[20] - Number(end))).toBeLessThan(0.06);
    expect(new Set(values.slice(20)).size).toBe(1);
    const [left, width] = [values[0] - (3 / 4) * 330, 330];
    expect(values[1]).toBeCloseTo(left + ((1 - 0.1 * 2 + 2) / 4) * width, 0);
    expect((await optimizerRace(bowl, { steps: 20, seconds: 0, optimizers })).svg).not.toContain("<animate");
    await expect(optimizerRace("bealle" as "beale")).rejects.toThrow("there is no surface bealle");
    await expect(optimizerRace({ title: "?" } as never)).rejects.toThrow("expected a name, or { title, loss");
  });

  test("two steps of Nesterov's are those of SGD, which keeps the place that it looks ahead to", () => {
    const loss = SURFACES.beale.loss;
    const [learningRate, momentum] = [0.003, 0.9];
    const stored = pathOf(loss, (p) => new SGD(p, { learningRate, momentum, nesterov: true }), [1, 1.5], 2);
    const first = momentumStep(loss, { from: [1, 1.5], velocity: [0, 0], learningRate, momentum }, true);
    const velocity = [first.end[0] - 1, first.end[1] - 1.5] as const;
    const second = momentumStep(loss, { from: first.end, velocity, learningRate, momentum }, true);
    for (const k of [0, 1]) {
      expect(first.end[k] + momentum * velocity[k]).toBeCloseTo(stored[1][k], 5);
      expect(second.end[k] + momentum * (second.end[k] - first.end[k])).toBeCloseTo(stored[2][k], 5);
    }
    // Plain momentum is SGD's as it stands.
    const plain = pathOf(loss, (p) => new SGD(p, { learningRate, momentum }), [1, 1.5], 2);
    const heavy = momentumStep(loss, { from: first.end, velocity, learningRate, momentum }, false);
    for (const k of [0, 1]) expect(heavy.end[k]).toBeCloseTo(plain[2][k], 5);
  });
});

describe("batches", () => {
  const data = { x: [0, 1, 2, 3], y: [1, 2.8, 5.1, 7.1] };

  test("the least squares are where the error is flat, and the error is that of the line", () => {
    const best = leastSquares(data);
    for (const slope of gradientOf(errorWithGraph, best)) expect(Math.abs(slope)).toBeLessThan(1e-10);
    const [w, b] = [1.3, -0.2].map((value) => tensor([value], { dtype: "float64" }));
    const squares = data.x.map((x, i) => (1.3 * x - 0.2 - data.y[i]) ** 2);
    expect(errorOf(data)(w, b).item()).toBeCloseTo(squares.reduce((sum, square) => sum + square, 0) / 4, 10);
  });

  /** The error by its definition. */
  function errorWithGraph(w: Tensor, b: Tensor): Tensor {
    const terms = data.x.map((x, i) => w.mul(x).add(b).sub(data.y[i]).square().div(4));
    return terms.reduce((sum, term) => sum.add(term));
  }

  test("all samples make one step a pass, along the gradient; single ones make four, in the orders of the seed", () => {
    const common = { learningRate: 0.05, epochs: 3, start: [0, 0] as const, seed: 1 };
    const whole = descend(data, { ...common, batchSize: 4 });
    expect(whole.length).toBe(4);
    const slope = gradientOf(errorWithGraph, [0, 0]);
    for (const k of [0, 1]) expect(whole[1][k]).toBeCloseTo(-0.05 * slope[k], 5);
    const online = descend(data, { ...common, batchSize: 1 });
    expect(online.length).toBe(13);
    expect(descend(data, { ...common, batchSize: 1 })).toEqual(online);
    // The first step is that of some sample, from (0, 0).
    const steps = data.x.map((x, i) => [0.1 * data.y[i] * x, 0.1 * data.y[i]]);
    expect(steps.some(([w, b]) => Math.abs(online[1][0] - w) < 1e-5 && Math.abs(online[1][1] - b) < 1e-5)).toBe(true);
  });

  test("refuses two features", async () => {
    await expect(batchPaths([[1, 2]], [1])).rejects.toThrow("batchPaths: x is [1, 2]; expected one feature, [1, 1]");
  });
});

describe("penalties", () => {
  const x: [number, number][] = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
    [-1, 2],
  ];
  const y = [0.1, 2.1, 2, 2.3, 3.9];

  test("nothing that is allowed is better than the solutions", async () => {
    const found = await budgeted(x, y, 0.5);
    expect(excess(found, found.least)).toBe(0);
    const { l1, l2 } = found;
    expect(Math.abs(l1.weights[0]) + Math.abs(l1.weights[1])).toBeCloseTo(l1.budget, 5);
    expect(Math.hypot(...l2.weights)).toBeCloseTo(l2.budget, 5);
    expect(l1.budget).toBeCloseTo(0.5 * (Math.abs(found.least[0]) + Math.abs(found.least[1])), 8);
    let [bestL1, bestL2] = [Infinity, Infinity];
    for (let i = 0; i < 2000; i++) {
      const [a, b] = [Math.cos(i / 318), Math.sin(i / 318)];
      const share = Math.abs(a) + Math.abs(b);
      bestL1 = Math.min(bestL1, excess(found, [(l1.budget * a) / share, (l1.budget * b) / share]));
      bestL2 = Math.min(bestL2, excess(found, [l2.budget * a, l2.budget * b]));
    }
    expect(excess(found, l1.weights)).toBeLessThan(bestL1 + 1e-5);
    expect(excess(found, l2.weights)).toBeLessThan(bestL2 + 1e-5);
    // A corner.
    expect(Math.abs(l1.weights[0])).toBe(0);
    expect(Math.abs(l2.weights[0])).toBeGreaterThan(0.05);
  });

  test("the excess is the mean squared error above the least, and an ellipse has one excess all around", async () => {
    const found = await budgeted(x, y, 0.3);
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = ([a, b]: readonly [number, number]): number => {
      const rest = x.map(([p, q], i) => y[i] - a * p - b * q);
      return mean(rest.map((value) => (value - mean(rest)) ** 2));
    };
    expect(excess(found, [0.3, -0.8])).toBeCloseTo(error([0.3, -0.8]) - error(found.least), 6);
    for (const place of ellipse(found, 0.7)) expect(excess(found, place)).toBeCloseTo(0.7, 9);
  });

  test("refuses what is no plane", async () => {
    await expect(penaltyContours([[1], [2]], [1, 2])).rejects.toThrow("expected two features, [2, 2]");
    await expect(penaltyContours(x, y, { share: 1 })).rejects.toThrow(ArgumentError);
  });
});

describe("sums of ReLUs", () => {
  test("the network meets the function at the knots, is straight between, and off by h²/8 · max |f″| at most", () => {
    const f = (x: number): number => Math.sin(3 * x);
    const errors = [8, 16].map((units) => {
      const sum = reluSum(f, -1, 2, units);
      for (const [i, value] of valuesOf(sum, sum.knots).entries()) expect(value).toBeCloseTo(f(sum.knots[i]), 10);
      const x = Array.from({ length: 500 }, (_, i) => -1 + (3 * i) / 499);
      const values = valuesOf(sum, x);
      // The sum of the hats is the same.
      const hats = sum.knots.map((_, i) => hatAt(i, sum));
      for (const [i, at] of x.entries())
        expect(hats.reduce((total, hat, k) => total + sum.heights[k] * hat(at), 0)).toBeCloseTo(values[i], 9);
      const error = Math.max(...values.map((value, i) => Math.abs(value - f(x[i]))));
      expect(error).toBeLessThanOrEqual(((3 / units) ** 2 / 8) * 9);
      return error;
    });
    expect(errors[1]).toBeLessThan(0.35 * errors[0]);
  });

  test("refuses what is no function there", async () => {
    await expect(universalApproximation(3 as never)).rejects.toThrow("f is 3; expected a function of a number");
    await expect(universalApproximation((x) => 1 / x)).rejects.toThrow("f gives no finite number everywhere in the range");
  });
});

describe("weight space", () => {
  const square: [number, number][] = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ];

  test("what is right for all is where every sample is told right", () => {
    const samples: [number, number][] = [
      [1, 0.2],
      [0.5, 1],
      [-1, 0.3],
    ];
    const normals = normalsOf(samples, [1, 1, 0]);
    expect(normals[2]).toEqual([1, -0.3]);
    const cone = rightForAll(square, normals);
    // Whatever the perceptron says: 1 where w · x > 0.
    const isRight = ([a, b]: readonly [number, number]): boolean =>
      samples.every(([p, q], i) => Number(a * p + b * q > 0) === [1, 1, 0][i]);
    const middle = [0, 1].map((k) => cone.reduce((sum, place) => sum + place[k], 0) / cone.length) as [number, number];
    expect(isRight(middle)).toBe(true);
    // Its corners are at the edge: a little outwards something is wrong, or the square ends.
    for (const [a, b] of cone) {
      const out = [middle[0] + 1.001 * (a - middle[0]), middle[1] + 1.001 * (b - middle[1])] as const;
      expect(isRight(out) && out.every((value) => Math.abs(value) < 1)).toBe(false);
    }
  });

  test("there is no cone where no line through 0 tells the samples apart", () => {
    expect(
      rightForAll(square, [
        [1, 0],
        [-1, 0],
      ]),
    ).toEqual([]);
    expect(
      rightForAll(square, [
        [1, 0],
        [-0.5, 1],
        [-0.5, -1],
      ]),
    ).toEqual([]);
  });

  test("draws the steps of the learning rule, and says when there is no end", async () => {
    // (1, 2) of class 1 is told wrong by 0; then w = (1, 2) tells (−1, 2) of class 0 wrong, and w = (2, 0) is right for both.
    const { svg } = await perceptronWeights(
      [
        [1, 2],
        [-1, 2],
      ],
      [1, 0],
    );
    expect(svg).toContain("2 mistakes, then none");
    expect(
      (
        await perceptronWeights(
          [
            [1, 0],
            [2, 0],
          ],
          [1, 0],
          { epochs: 3 },
        )
      ).svg,
    ).toMatch(/no end after \d mistakes/);
    await expect(
      perceptronWeights(
        [
          [1, 0],
          [2, 0],
        ],
        [1, 2],
      ),
    ).rejects.toThrow("a label is 2; expected 0 or 1");
  });
});
