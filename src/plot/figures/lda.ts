import { LinearDiscriminantAnalysis } from "../../classic/discriminant.js";
import { PCA } from "../../data/pca.js";
import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, text } from "../../options/kinds.js";
import { bars as barMarks, category, layered, paths, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { classNamesOption, type Labelled, type LabelledSamples, namesOf, readLabelled } from "../points/read.js";
import { panelTitle, planeChannels, scatter } from "../points/scatter.js";
import { bars } from "../points/sets.js";
import type { Spec } from "../spec.js";
import { COLORS, INK, QUIET } from "../theme.js";

const DRAWING = declare("ldaProjection", {
  /** What stands above. Default "Linear discriminants". */
  title: text({ default: "Linear discriminants" }),
  /** The names of the classes. Default "class 0", "class 1" … */
  classNames: classNamesOption,
});

/** Options of `ldaProjection`. */
export interface LdaProjectionOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Data in the directions that separate their classes best, beside those in which they vary most: Fisher's discriminants and principal
 * components. Of two classes the projections are histograms, and samples of two features stand beside them with both directions; of more
 * classes, the first two directions of each are axes. Needs ml-matrix, an optional peer.
 * @param data x [n, features] with labels y [n]
 * @param options.title what stands above
 * @param options.classNames default "class 0", "class 1" …
 * @throws ShapeError for one feature; ArgumentError, IndexError, PeerError
 * @example await (await ldaProjection(points)).save("lda.svg");
 */
export async function ldaProjection(data: LabelledSamples, options?: LdaProjectionOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, classNames } = DRAWING.readOptions(options);
  const read = readLabelled(op, data);
  const { rows, classes } = read;
  if (rows.width < 2) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected two features at least`));
  const names = namesOf(op, classNames, classes);
  const lda = await new LinearDiscriminantAnalysis({ components: Math.min(2, classes - 1) }).fit(data.x, data.y);
  const pca = await new PCA({ components: 2 }).fit(data.x);
  const views = classes === 2 ? ofTwo(read, names, lda, pca, data) : ofMany(read, names, lda, pca, data);
  return draw(op, sideBySide({ title, resolve: { scale: { x: "independent", y: "independent" } } }, ...views));
}

function ofMany({ labels }: Labelled, names: readonly string[], lda: LinearDiscriminantAnalysis, pca: PCA, { x }: LabelledSamples): Spec[] {
  const view = (title: string, word: string, places: ArrayLike<number>) =>
    scatter({ places, labels, names }, { title, axes: [`${word} 1`, `${word} 2`], side: 340, size: 24 });
  return [
    view("discriminants: classes apart", "discriminant", lda.transform(x).view()),
    view("principal components: most variance", "component", pca.transform(x).view()),
  ];
}

function ofTwo(read: Labelled, names: readonly string[], lda: LinearDiscriminantAnalysis, pca: PCA, { x }: LabelledSamples): Spec[] {
  const { rows, labels } = read;
  const first = Float64Array.from(pca.transform(x).view()).filter((_, i) => i % 2 === 0);
  const histograms = [
    histogramOf("on the discriminant", "projection", lda.transform(x).view(), labels, names),
    histogramOf("on the principal component", "projection", first, labels, names),
  ];
  if (rows.width > 2) return histograms;
  const scalings = lda.scalings.view();
  const components = pca.components.view();
  const lines = [
    { name: "discriminant", direction: [scalings[0], scalings[1]], color: INK, dash: [1, 0] },
    { name: "principal component", direction: [components[0], components[1]], color: QUIET, dash: [6, 4] },
  ];
  const axes = ["x₁", "x₂"] as const;
  const channels = planeChannels({ axes });
  const { mean, length } = middleOf(rows.values);
  const over = lines.flatMap(({ direction: [dx, dy], color, dash }) => {
    const norm = Math.sqrt(dx * dx + dy * dy);
    const ends = [-1, 1].map((sign) => ({ x: mean[0] + (sign * length * dx) / norm, y: mean[1] + (sign * length * dy) / norm }));
    return [paths(ends, channels, { color, strokeDash: dash, strokeWidth: 2.5 })];
  });
  const subtitle = "solid: discriminant; dashed: principal component";
  return [scatter({ places: rows.values, labels, names }, { title: "data", subtitle, axes, over, side: 300 }), ...histograms];
}

/** The mean of places, and the root mean square of their distances from it. */
function middleOf(places: Float64Array): { mean: [number, number]; length: number } {
  const n = places.length / 2;
  const mean: [number, number] = [0, 0];
  for (let i = 0; i < places.length; i++) mean[i % 2] += places[i] / n;
  let squares = 0;
  for (let i = 0; i < places.length; i++) squares += (places[i] - mean[i % 2]) * (places[i] - mean[i % 2]);
  return { mean, length: 1.4 * Math.sqrt(squares / n) };
}

const BINS = 24;

function histogramOf(title: string, axis: string, values: ArrayLike<number>, labels: Int32Array, names: readonly string[]): Spec {
  const all = Array.from(values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const width = (high - low) / BINS || 1;
  const counts = names.map(() => new Array<number>(BINS).fill(0));
  all.forEach((value, i) => {
    counts[labels[i]][Math.min(BINS - 1, Math.floor((value - low) / width))]++;
  });
  const rows = counts.flatMap((own, k) =>
    own.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count, base: 0, class: names[k] })),
  );
  const encoding = {
    x: quantity("from", axis, { ticks: 5 }),
    x2: { field: "to" },
    y: quantity("count", "samples", { zero: true, ticks: 5 }),
    y2: { field: "base" },
    color: category("class", null, { order: names, colors: names.map((_, k) => COLORS[k % COLORS.length]) }),
  };
  const told = panelTitle(title, `${overlapOf(counts)} of ${all.length} samples overlap`);
  return { ...layered({ width: 260, height: 300 }, barMarks(rows, encoding, { opacity: 0.6 })), ...told };
}

/** How many samples lie in a bin where the other class has more. */
export function overlapOf([one, other]: readonly (readonly number[])[]): number {
  return one.reduce((sum, count, bin) => sum + Math.min(count, other[bin]), 0);
}

export const LDA = figure({
  name: "lda",
  about: "data in the directions that separate their classes, beside those in which they vary most",
  options: {
    data: {
      takes: choice(["bars", "digits"], { default: "bars" }),
      about: "bars: two long clouds in the plane; digits: 64 pixels, ten classes",
    },
    samples: { takes: count({ default: 300 }), about: "how many samples" },
  },
  demo: async ({ data, samples }) => {
    if (data === "bars") return ldaProjection(bars(samples, 1), { title: "Where classes part is not where data vary most" });
    const { train } = await loadDigits();
    const some = { x: train.x.slice([[0, samples]]), y: train.y.slice([[0, samples]]) };
    // Pixels that are white in every image do not scatter: the first principal components do.
    const pca = await new PCA({ components: 20 }).fit(some.x);
    const classNames = Array.from({ length: 10 }, (_, k) => String(k));
    return ldaProjection({ x: pca.transform(some.x), y: some.y }, { classNames, title: "Digits: discriminants and principal components" });
  },
});
