import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Buffer } from "../nn/buffer.js";
import { isModule } from "../nn/forward.js";
import { inModes } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { abortSignal, count, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import { seedOf, underSeed } from "../tensor/seed.js";
import type { Shape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { Breather, YIELD_EVERY } from "./breathe.js";
import { countSamples, joinRows, toBatch } from "./data.js";
import { outputsOf } from "./outputs.js";
import { batchesToPredict } from "./prediction.js";

const MONTE_CARLO = declare("monteCarlo", {
  /** How often the model is asked, a whole number ≥ 2. Default 30. */
  samples: number({ default: 30, min: 2, whole: true, aka: ["n", "numSamples"] }),
  /** What the masks depend on, a whole number ≥ 0: the same seed gives the same result. Default 0. */
  seed: number({ default: 0, min: 0, whole: true }),
  /** The number of samples that are computed at once. Default 256. */
  batchSize: count({ default: 256 }),
  /** Milliseconds after which the event loop gets a turn: 0 after every forward, Infinity never. Default 10. */
  yieldEvery: number({ default: YIELD_EVERY, min: 0, infinite: true }),
  /** Signal that aborts the run, which rejects with `signal.reason`. Default none. */
  signal: abortSignal({}),
});

/** Options of `monteCarlo`. */
export interface MonteCarloOptions extends OptionsOf<typeof MONTE_CARLO> {}

/** What a model says on average, and how much it wavers. */
export interface MonteCarloPrediction<T extends Tensor | Tensor[] = Tensor> {
  readonly mean: T;
  /** Standard deviation over the samples, Σ(yₛ − mean)²/(S − 1) under the root. */
  readonly std: T;
}

/**
 * Predicts with dropout at work, again and again: the mean of the results is an approximate Bayesian prediction, their standard deviation
 * tells how unsure the model is. Gal and Ghahramani, arXiv 1506.02142, 2016.
 *
 * All modules are as in training but those with running statistics, such as batch norm, which are as in evaluation. Afterwards each is as
 * it was, and no training that goes on beside it draws other numbers. What falls depends on `seed` and `batchSize`.
 * @param model a module
 * @param x samples along the first axis; a list of tensors for several inputs
 * @param options.samples how often the model is asked, ≥ 2, default 30
 * @param options.seed whole number ≥ 0, default 0
 * @param options.batchSize number of samples that are computed at once, default 256
 * @param options.yieldEvery milliseconds after which the event loop gets a turn, as in `fit`; default 10
 * @param options.signal signal that aborts the run
 * @returns { mean, std }, tensors of data, or lists of them if the model has several outputs
 * @throws ArgumentError, ShapeError
 * @example
 * const model = new Sequential([new Dense(16, { activation: "relu" }), new Dropout(0.5), new Dense(1)]);
 * const { mean, std } = await monteCarlo(model, [[0.5, 1], [2, 3]], { samples: 50 });
 */
export async function monteCarlo<T extends Tensor | Tensor[] = Tensor>(
  model: Module,
  x: TensorLike | Tensor | Tensor[],
  options?: MonteCarloOptions,
): Promise<MonteCarloPrediction<T>> {
  checkArity("monteCarlo", arguments.length, 3);
  if (!isModule(model)) throw new ArgumentError(message("monteCarlo", `the model is ${kindText(model)}; expected a Module`));
  const { samples, seed: number, batchSize, yieldEvery, signal } = MONTE_CARLO.readOptions(options);
  const whole = toBatch("monteCarlo", { x });
  if (countSamples(whole) === 0) throw new ArgumentError(message("monteCarlo", "x has no samples"));
  const breather = new Breather(yieldEvery);
  const seed = seedOf(number);
  const parts: Spread[][] = [];
  for (const batch of batchesToPredict(whole, batchSize)) {
    const spreads: Spread[] = [];
    for (let sample = 0; sample < samples; sample++) {
      signal?.throwIfAborted();
      underSeed(seed, () =>
        disturbed(model, () => {
          for (const [i, { shape, data }] of outputsOf("monteCarlo", model, batch).entries()) {
            spreads[i] ??= new Spread(shape);
            spreads[i].add(data);
          }
        }),
      );
      if (breather.due) await breather.pause();
    }
    parts.push(spreads);
  }
  const joined = (of: (spread: Spread) => Tensor): T => {
    const outputs = parts[0].map((_, i) => joinRows(parts.map((spreads) => of(spreads[i]))));
    return (outputs.length === 1 ? outputs[0] : outputs) as T;
  };
  return { mean: joined(({ mean }) => mean), std: joined(({ std }) => std) };
}

/** Runs `fn` without a graph, with all that draws at work; afterwards every module is as it was before. */
function disturbed(model: Module, fn: () => void): void {
  inModes(
    [...model.namedModules().values()],
    (module) => !holdsStatistics(module),
    () => noGrad(fn as () => never),
  );
}

function holdsStatistics(module: Module): boolean {
  return Object.values(module).some((value) => value instanceof Buffer);
}

/** Mean and standard deviation of each element, in float64. */
class Spread {
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  constructor(private readonly shape: Shape) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.#mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  add(values: ArrayLike<number>): void {
    this.#count++;
    for (let i = 0; i < values.length; i++) {
      const difference = values[i] - this.#mean[i];
      this.#mean[i] += difference / this.#count;
      this.#squares[i] += difference * (values[i] - this.#mean[i]);
    }
  }

  get mean(): Tensor {
    return this.#tensor((i) => this.#mean[i]);
  }

  get std(): Tensor {
    return this.#tensor((i) => Math.sqrt(this.#squares[i] / (this.#count - 1)));
  }

  #tensor(element: (i: number) => number): Tensor {
    const elements = Float32Array.from({ length: this.#mean.length }, (_, i) => element(i));
    return new Tensor(dataStorage("float32", elements, "monteCarlo"), this.shape);
  }
}
