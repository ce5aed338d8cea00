import { readRows } from "../../classic/samples.js";
import { PCA } from "../../data/pca.js";
import { Whitening } from "../../data/whitening.js";
import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, text } from "../../options/kinds.js";
import type { TensorLike } from "../../tensor/nested.js";
import { sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { spreadOfPlaces, squareAround } from "../points/ellipse.js";
import { featureNamesOption } from "../points/read.js";
import { ellipses, planeChannels, scatter } from "../points/scatter.js";
import { bars } from "../points/sets.js";
import type { Spec } from "../spec.js";

const DRAWING = declare("whiteningSteps", {
  /** What stands above. Default "Whitening". */
  title: text({ default: "Whitening" }),
  /** "pca" leaves data turned to their principal directions, "zca" turns them back. Default "pca". */
  kind: choice(["pca", "zca"], { default: "pca" }),
  /** What stands at the axes of the data. Default "x₁", "x₂". */
  featureNames: featureNamesOption,
});

/** Options of `whiteningSteps`. */
export interface WhiteningStepsOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Data before and after whitening: as they are; turned to their principal directions, where they are not correlated; divided by the standard
 * deviation of each, so that their covariance is the identity, Y = D^(−½) Eᵀ X; of "zca" turned back, too. The ellipses lie at one and at two
 * standard deviations. Needs ml-matrix, an optional peer.
 * @param x samples [n, 2]
 * @param options.title what stands above
 * @param options.kind "pca" or "zca", default "pca"
 * @param options.featureNames what stands at the axes of the data, default "x₁", "x₂"
 * @throws ShapeError, ArgumentError, PeerError
 * @example await (await whiteningSteps(points.x)).save("whitening.svg");
 */
export async function whiteningSteps(x: TensorLike, options?: WhiteningStepsOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, kind, featureNames } = DRAWING.readOptions(options);
  const rows = readRows(op, x);
  if (rows.width !== 2) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected [n, 2], samples in the plane`));
  const views = (await stepsOf(x, kind)).map(({ name, places }, k) => {
    const { mean, covariance } = spreadOfPlaces(places);
    const directions = ["direction 1", "direction 2"] as const;
    const axes = k === 0 || k === 3 ? (featureNames as readonly [string, string]) : directions;
    const domain = squareAround(places);
    const correlation = covariance.xy / Math.sqrt(covariance.xx * covariance.yy) || 0;
    const told = [`variances ${covariance.xx.toFixed(2)} and ${covariance.yy.toFixed(2)},`, `correlation ${signed(correlation)}`];
    const over = ellipses(mean, covariance, planeChannels({ axes, domain }));
    return scatter(
      { places, labels: new Int32Array(rows.n), names: ["samples"] },
      { title: name, subtitle: told.join(" "), axes, domain, over, side: 260, legend: false },
    );
  });
  return draw(op, sideBySide({ title, columns: views.length }, ...(views as Spec[])));
}

/** The data after each step of whitening. */
export async function stepsOf(x: TensorLike, kind: "pca" | "zca"): Promise<{ name: string; places: Float64Array }[]> {
  const turned = await new PCA().fit(x);
  const white = await new Whitening({ kind: "pca", epsilon: 0 }).fit(x);
  const steps = [
    { name: "data", places: readRows("whiteningSteps", x).values },
    { name: "turned: Eᵀ(x − m)", places: Float64Array.from(turned.transform(x).view()) },
    { name: "white: D^(−½) Eᵀ(x − m)", places: Float64Array.from(white.transform(x).view()) },
  ];
  if (kind === "pca") return steps;
  const back = await new Whitening({ kind: "zca", epsilon: 0 }).fit(x);
  return [...steps, { name: "turned back: E D^(−½) Eᵀ(x − m)", places: Float64Array.from(back.transform(x).view()) }];
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && text !== "0.00" ? `−${text}` : text;
}

export const WHITENING = figure({
  name: "whitening",
  about: "data before and after whitening",
  options: {
    kind: { takes: choice(["pca", "zca"], { default: "pca" }), about: "pca, or zca, which turns back" },
    samples: { takes: count({ default: 160 }), about: "how many samples" },
  },
  demo: async ({ kind, samples }) => whiteningSteps(bars(samples, 1).x, { kind, title: `Whitening (${kind.toUpperCase()})` }),
});
