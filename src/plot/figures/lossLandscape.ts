import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, flag, number, text } from "../../options/kinds.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { contourPanel } from "../landscape/contourPanel.js";
import { type Heights, heightsOf, landscapesOf, lossText, lossTicks } from "../landscape/heights.js";
import type { Landscape } from "../landscape/landscape.js";
import { surfacePanel } from "../landscape/surfacePanel.js";
import { SUBJECTS, type SubjectName, trainedLandscape } from "../landscape/trained.js";
import { drawing, element, heading, words } from "../svg.js";
import { SIZES } from "../theme.js";
import { viridis } from "../viridis.js";

const VIEWS = ["both", "surface", "contour"] as const;

const DRAWING = declare("landscapeFigure", {
  /** "surface", "contour", or "both" (default), one below the other. */
  view: choice(VIEWS, { default: "both" }),
  /** Whether heights and colours follow the logarithm of the loss. Default: if all losses are above 0. */
  log: flag({}),
  /** Losses above it are drawn at it. Default: the greatest, but with logarithms at most 1000 times the least. */
  ceiling: number({}),
  /** What stands above. Default "Loss around the trained network". */
  title: text({ default: "Loss around the trained network" }),
});

/** Options of `landscapeFigure`. */
export interface LandscapeFigureOptions extends OptionsOf<typeof DRAWING> {}

const SURFACE = 400;
const CONTOUR = 350;
const GAP = 12;

/**
 * Landscapes of `lossLandscape` as surfaces, and as contours from above, in one scale of height and colour; the cross is the trained model.
 * Li et al.: Visualizing the Loss Landscape of Neural Nets, NeurIPS 2018, figures 1 and 5.
 * @param landscape one, or a list of them, side by side
 * @param options.view "both" (default), "surface" or "contour"
 * @param options.log whether heights follow the logarithm of the loss; default: if all losses are above 0
 * @param options.ceiling losses above it are drawn at it
 * @param options.title what stands above
 * @throws ArgumentError for what is no landscape
 * @example
 * const landscape = await lossLandscape(model, { x, y }, { points: 11, title: "two layers" });
 * await (await landscapeFigure(landscape)).save("landscape.svg");
 */
export async function landscapeFigure(landscape: Landscape | readonly Landscape[], options?: LandscapeFigureOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const landscapes = landscapesOf(op, landscape);
  const { view, log, ceiling, title } = DRAWING.readOptions(options);
  const heights = heightsOf(op, landscapes, log, ceiling);
  const head = heading(title, "L(θ + α d₁ + β d₂) along two random directions, filter-normalised");
  const width = view === "contour" ? CONTOUR : SURFACE;
  const left = (i: number): number => 14 + i * (width + GAP);
  const names = landscapes.map((one, i) =>
    words(left(i) + width / 2, head.height + 16, one.title, { textAnchor: "middle", fontSize: SIZES.axis, fontWeight: "bold" }),
  );
  let y = head.height + 26;
  const panels: string[] = [];
  if (view !== "contour") {
    for (const [i, one] of landscapes.entries()) panels.push(surfacePanel(one, heights, left(i), y, SURFACE));
    y += SURFACE;
  }
  if (view !== "surface") {
    for (const [i, one] of landscapes.entries()) panels.push(contourPanel(one, heights, left(i) + (width - CONTOUR) / 2, y, CONTOUR));
    y += CONTOUR;
  }
  const barX = left(landscapes.length) + 8;
  const bar = colourBar(heights, barX, head.height + 60, Math.min(300, y - head.height - 100));
  return drawing({ width: barX + 80, height: y + 10, title }, head.svg, ...names, ...panels, bar);
}

/** The colours with losses beside them. */
function colourBar(heights: Heights, x: number, y: number, length: number): string {
  const STRIPES = 60;
  const stripes = Array.from({ length: STRIPES }, (_, i) =>
    element("rect", {
      x,
      y: y + length * (1 - (i + 1) / STRIPES),
      width: 16,
      height: length / STRIPES + 0.5,
      fill: viridis((i + 0.5) / STRIPES),
    }),
  );
  const marks = lossTicks(heights).map((loss) => words(x + 22, y + length * (1 - heights.height(loss)) + 4, lossText(loss)));
  return [words(x, y - 12, "loss", { fontSize: SIZES.axis }), ...stripes, ...marks].join("");
}

export const LOSS_LANDSCAPE = figure({
  name: "loss-landscape",
  about: "the loss around a network that was trained on CIFAR-10, with skip connections and without",
  options: {
    model: {
      takes: choice(Object.keys(SUBJECTS) as SubjectName[], { default: "resnet20" }),
      about: `the network: ${Object.keys(SUBJECTS).join(", ")}`,
    },
    skips: { takes: flag({ default: true }), about: "without: the plain network of a resnet" },
    compare: { takes: flag({ default: false }), about: "the plain network and the one with skips, side by side" },
    points: { takes: number({ default: 21, min: 2, whole: true }), about: "points along each direction" },
    span: { takes: number({ default: 1, above: 0 }), about: "how far the directions are gone" },
    samples: { takes: count({ default: 256 }), about: "images over which the loss is taken" },
    images: { takes: count({ default: 10_000 }), about: "images to train on, at most" },
    epochs: { takes: count({ default: 6 }), about: "epochs of the training" },
    seed: { takes: number({ default: 0, min: 0, whole: true }), about: "of initial values, batches and directions" },
    view: { takes: choice(VIEWS, { default: "both" }), about: "both, surface or contour" },
    folder: {
      takes: text({ default: "loss-landscape" }),
      about: "where trainings and losses are kept, so that the command goes on where it was ended",
    },
  },
  slow: true,
  demo: async ({ model, skips, compare, view, ...settings }, progress) => {
    const kinds = compare ? [false, true] : [skips];
    const landscapes: Landscape[] = [];
    for (const [i, kind] of kinds.entries())
      landscapes.push(await trainedLandscape(model, kind, settings, (share, what) => progress((i + share) / kinds.length, what)));
    return landscapeFigure(landscapes, { view });
  },
});
