import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import { huber } from "../../src/index.js";
import * as losses from "../../src/nn/losses.js";
import { curveOf } from "../../src/plot/curves/curve.js";
import { LOSS_PANELS } from "../../src/plot/curves/lossPanels.js";
import { corners } from "../../src/plot/curves/panel.js";
import { activationCurves, lossShapes } from "../../src/plot.js";

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
    expect(Object.keys(LOSS_PANELS).sort()).toEqual(names);
    expect(Object.keys(FORMULAS).sort()).toEqual(names);
  });

  test.for(Object.entries(LOSS_PANELS))("%s is its formula, and its slope the difference quotient", ([name, { loss, from, to }]) => {
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
      'activationCurves: there is no activation gelo that works element by element. Did you mean "gelu"?',
    );
    await expect(activationCurves("softmax")).rejects.toThrow(ArgumentError);
    await expect(activationCurves(null, { from: 1, to: 1 })).rejects.toThrow("the range goes from 1 to 1; expected a greater end");
    await expect(lossShapes(["mse", "hubert"])).rejects.toThrow("there is no loss hubert");
  });
});
