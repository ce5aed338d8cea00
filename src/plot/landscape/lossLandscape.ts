import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { beginSha256 } from "../../io/digest.js";
import { pathOption } from "../../io/node.js";
import { Model } from "../../model/model.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { abortSignal, callable, count, number, text } from "../../options/kinds.js";
import { seedOf } from "../../tensor/seed.js";
import { type Batch, type Samples, toBatch } from "../../train/data.js";
import { GridFile } from "./gridFile.js";
import { type Landscape, steps } from "./landscape.js";
import { Plane } from "./plane.js";

/** How far a landscape is. */
export interface LandscapeProgress {
  /** Points that are known. */
  readonly done: number;
  readonly of: number;
  /** Seconds until all are, at the pace so far. */
  readonly secondsLeft: number;
}

const LOSS_LANDSCAPE = declare("lossLandscape", {
  /** Points along each direction, ≥ 2. An odd number has the model itself in the middle. Default 21. */
  points: number({ default: 21, min: 2, whole: true }),
  /** The steps along both directions go from −span to span. At 1 the random part of each filter is as long as the filter. Default 1. */
  span: number({ default: 1, above: 0 }),
  /** From which the directions are drawn, a whole number ≥ 0. Default 0. */
  seed: number({ default: 0, min: 0, whole: true }),
  /** Samples that are evaluated at once. Default 128. */
  batchSize: count({ default: 128 }),
  /** What figures call it. Default "". */
  title: text({ default: "" }),
  /** The file in which the losses are kept as they come, and from which an interrupted walk goes on. Default none. */
  file: pathOption({}),
  /** Called behind each point. Default none. */
  onProgress: callable<(progress: LandscapeProgress) => void>()("a function", {}),
  /** Signal that ends the walk, which rejects with its reason; the model is as before all the same. Default none. */
  signal: abortSignal({}),
});

/** Options of `lossLandscape`. */
export interface LossLandscapeOptions extends OptionsOf<typeof LOSS_LANDSCAPE> {}

/** Milliseconds between two writings of the file. */
const SAVE_EVERY = 2000;

/**
 * The loss over a plane through the parameters of a model, L(θ + α d₁ + β d₂), along two random directions that are filter-normalised: each
 * filter of a direction has the norm of the model's. Parameters of one axis (biases, those of normalisations) stay as they are. So do
 * the running statistics of batch norm, which are those of the model in the middle, as in the paper's code: each point is evaluated as
 * `evaluate` does it. Afterwards the model is as before, to the bit.
 *
 * Li, Xu, Taylor, Studer, Goldstein: Visualizing the Loss Landscape of Neural Nets, NeurIPS 2018 (arXiv 1712.09913).
 * @param model compiled
 * @param data { x, y }: the samples over which the loss is taken at each point
 * @param options.points along each direction, default 21
 * @param options.span the steps go from −span to span, default 1
 * @param options.seed of the directions, default 0
 * @param options.batchSize samples that are evaluated at once, default 128
 * @param options.title what figures call it
 * @param options.file in which the losses are kept as they come; the same call goes on from there, and comes to the same numbers
 * @param options.onProgress called with { done, of, secondsLeft } behind each point
 * @param options.signal ends the walk, which rejects with its reason
 * @throws GraphError before compile; ArgumentError, also for a file of another walk; ShapeError; FileError
 * @example
 * const landscape = await lossLandscape(model, { x, y }, { points: 11 });
 * await (await landscapeFigure(landscape)).save("landscape.svg");
 */
export async function lossLandscape(model: Model, data: Samples, options?: LossLandscapeOptions): Promise<Landscape> {
  checkArity(LOSS_LANDSCAPE.op, arguments.length, 3);
  if (!(model instanceof Model))
    throw new ArgumentError(message(LOSS_LANDSCAPE.op, `the model is ${kindText(model)}; expected a Model that is compiled`));
  const { points, span, seed, batchSize, title, file, onProgress, signal } = LOSS_LANDSCAPE.readOptions(options);
  const samples = toBatch(LOSS_LANDSCAPE.op, data);
  const lossHere = async () => (await model.evaluate(samples, { batchSize, signal })).loss;
  // The first forward builds a lazy model.
  const centre = await lossHere();
  const alphas = steps(points, span);
  const of = file === undefined ? "" : fingerprint(model, samples, `${seed} ${span}`);
  const grid = await GridFile.open(file ?? null, { of, points });
  const { losses } = grid;
  const plane = new Plane(model.parameters(), seedOf(seed));
  const begin = performance.now();
  const before = losses.length;
  let saved = begin;
  try {
    while (losses.length < points * points) {
      signal?.throwIfAborted();
      const at = losses.length;
      plane.go(alphas[Math.floor(at / points)], alphas[at % points]);
      losses.push(await lossHere());
      const now = performance.now();
      const secondsLeft = ((now - begin) / (losses.length - before) / 1000) * (points * points - losses.length);
      onProgress?.({ done: losses.length, of: points * points, secondsLeft });
      if (now - saved < SAVE_EVERY) continue;
      await grid.save();
      saved = now;
    }
  } finally {
    plane.leave();
    await grid.save();
  }
  return { title, alphas, betas: alphas, losses: alphas.map((_, i) => losses.slice(i * points, (i + 1) * points)), centre };
}

/** A hash of all that the losses depend on. */
function fingerprint(model: Model, { x, y, weight }: Batch, settings: string): string {
  const hash = beginSha256(LOSS_LANDSCAPE.op);
  const state = [...model.namedParameters().values(), ...model.namedBuffers().values()];
  for (const tensor of [...state, ...[x, y ?? [], weight ?? []].flat()]) {
    const { buffer, byteOffset, byteLength } = tensor.data;
    hash.update(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
  }
  hash.update(new TextEncoder().encode(settings));
  return hash.digest("hex");
}
