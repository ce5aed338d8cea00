import { PolynomialRegression } from "../../classic/polynomial.js";
import type { Fold } from "../../data/folds.js";
import { sin } from "../../ops/elementary.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, number, text } from "../../options/kinds.js";
import { validationCurve } from "../../search/curves.js";
import { tensor } from "../../tensor/creation.js";
import { rand, randn } from "../../tensor/random.js";
import { manualSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type CapacityAxes, type CapacityPoint, capacityView, checkPoints } from "../capacityView.js";
import { layered, lines, points, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import type { Spec } from "../spec.js";
import { INK, ORANGE, QUIET } from "../theme.js";

const DRAWING = declare("capacityCurve", {
  /** What the capacity is: the words at the axis. Default "capacity". */
  capacity: text({ default: "capacity" }),
  /** What the error is: the words at the axis. Default "error". */
  error: text({ default: "error" }),
  /** Whether the axis of the capacity is logarithmic. Default false. */
  logCapacity: flag({ default: false }),
  /** Whether the axis of the error is logarithmic. Default false. */
  logError: flag({ default: false }),
  /** The greatest error that is drawn. Default null: all are. */
  most: number({ default: null }),
  /** The capacity at which a model can fit all samples, to be marked. Default null: none. */
  threshold: number({ default: null }),
  /** What stands above. Default "Error over capacity". */
  title: text({ default: "Error over capacity" }),
});

/** Options of `capacityCurve`. */
export interface CapacityCurveOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Errors of training and validation over the capacity of a model, or over any hyper-parameter: where it underfits both are high, where it overfits
 * they part. Bands are one standard deviation over the folds.
 * @param curve what `validationCurve` of simdgrad/search returned, its values being numbers
 * @param options.capacity what the capacity is, default "capacity"
 * @param options.error what the error is, default "error"
 * @param options.logCapacity whether that axis is logarithmic; default false
 * @param options.logError whether that axis is logarithmic; default false
 * @param options.most the greatest error that is drawn; default null: all are
 * @param options.threshold a capacity to be marked, at which all samples can be fitted; default null
 * @param options.title what stands above
 * @throws ArgumentError; PeerError if Vega is not installed
 * @example
 * const point = (value, train, validation) => ({ value, train: { mean: train, std: 0.1 }, validation: { mean: validation, std: 0.2 } });
 * await capacityCurve([point(8, 1, 1.2), point(16, 0.5, 0.7), point(32, 0.1, 0.9)], { capacity: "hidden units", logCapacity: true });
 */
export async function capacityCurve(curve: readonly CapacityPoint[], options?: CapacityCurveOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, ...axes } = DRAWING.readOptions(options);
  checkPoints(op, curve);
  return draw(op, capacityView(curve, axes, { title }));
}

interface Samples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** sin πx on [−1, 1], with noise. */
function noisySine(n: number, noise: number): Samples {
  const x = rand([n, 1], { low: -1, high: 1, dtype: "float64" });
  return { x, y: sin(x.mul(Math.PI)).add(randn([n, 1], { std: noise, dtype: "float64" })) };
}

function meanSquare(of: PolynomialRegression, { x, y }: Samples): number {
  return of.predict(x).sub(y).square().mean().item();
}

/** What stands in the small views: too stiff, right, too lithe. */
const SHOWN = [1, 3, 12];

export const CAPACITY_CURVE = figure({
  name: "capacity-curve",
  about: "underfitting and overfitting: polynomials of growing degree, and their errors on samples seen and new",
  options: {
    samples: { takes: count({ default: 16 }), about: "samples of each training set" },
    degrees: { takes: count({ default: 12 }), about: "the highest degree" },
    draws: { takes: count({ default: 20 }), about: "training sets whose errors are averaged" },
  },
  demo: async ({ samples, degrees, draws }) => {
    manualSeed(1);
    const validation = noisySine(300, 0.25);
    const folds: Fold<Samples>[] = Array.from({ length: draws }, () => ({ train: noisySine(samples, 0.25), validation }));
    const capacities = Array.from({ length: degrees }, (_, i) => i + 1);
    const curve = await validationCurve(capacities, folds, async (degree, { train }) => {
      const model = await new PolynomialRegression({ degree }).fit(train.x, train.y);
      return { train: meanSquare(model, train), validation: meanSquare(model, validation) };
    });
    const shown = SHOWN.filter((degree) => degree <= degrees);
    const fits = await Promise.all(shown.map((degree) => fitView(degree, folds[0].train)));
    const axes: CapacityAxes = {
      capacity: "degree",
      error: "mean squared error",
      logCapacity: false,
      logError: true,
      most: 10,
      threshold: null,
    };
    const whole = capacityView(curve, axes, { width: 780, height: 280 });
    const subtitle = `${samples} samples of a sine with noise (grey: the sine); errors of ${draws} such sets`;
    const resolve = { scale: { color: "independent" }, legend: { color: "independent" } };
    const title = "Underfitting and overfitting";
    return draw("capacity-curve", sideBySide({ title, subtitle, columns: 1, resolve }, sideBySide({}, ...fits), whole));
  },
});

/** A polynomial through its samples. */
async function fitView(degree: number, { x, y }: Samples): Promise<Spec> {
  const model = await new PolynomialRegression({ degree }).fit(x, y);
  const at = Array.from({ length: 121 }, (_, i) => i / 60 - 1);
  const grid = tensor(
    at.map((one) => [one]),
    { dtype: "float64" },
  );
  const [found, truth] = [model.predict(grid).data, sin(grid.mul(Math.PI)).data];
  const [values, targets] = [x.data, y.data];
  const channels = { x: quantity("x", "x", { domain: [-1, 1], ticks: 5 }), y: quantity("y", "y", { domain: [-1.8, 1.8], ticks: 5 }) };
  return layered(
    { title: `degree ${degree}`, width: 210, height: 180 },
    lines(
      at.map((one, i) => ({ x: one, y: truth[i] })),
      channels,
      { color: QUIET, strokeOpacity: 0.5 },
    ),
    lines(
      at.map((one, i) => ({ x: one, y: found[i] })),
      channels,
      { color: ORANGE },
    ),
    points(
      Array.from(values, (one, i) => ({ x: one, y: targets[i] })),
      channels,
      { color: INK, size: 35 },
    ),
  );
}
