import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { ln } from "../optim/schedules/exact.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import type { TensorLike } from "../tensor/nested.js";
import { randn } from "../tensor/random.js";
import { underSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";
import { Breather } from "../train/breathe.js";
import { jointProbabilities } from "./affinities.js";
import { asTensor, fitted, readRows } from "./samples.js";
import { seedOfFit, seedOption } from "./seed.js";

const T_SNE = declare("TSNE", {
  /** About how many neighbours each sample has, ≥ 1 and below n − 1. Default 30. */
  perplexity: number({ default: 30, min: 1 }),
  /** Steps of the descent, ≥ 1. Default 1000. */
  iterations: count({ default: 1000, aka: ["n_iter", "max_iter", "maxIterations"] }),
  /** Rate of the descent, > 0. Default null: n / 48, and 50 at least. */
  learningRate: number({ default: null, above: 0, aka: ["learning_rate", "lr"] }),
  /** By how much similarities are multiplied at first, so that clusters form and find their places, ≥ 1. Default 12. */
  earlyExaggeration: number({ default: 12, min: 1, aka: ["early_exaggeration"] }),
  /** Steps with that factor, ≥ 0. Default 250. */
  exaggeratedIterations: number({ default: 250, min: 0, whole: true, aka: ["exploration_n_iter"] }),
  /** Seed of the places to start from. Default null: one that follows from the seed in force, another for each fit. */
  seed: seedOption,
});

/** Options of `TSNE`. */
export interface TSNEOptions extends OptionsOf<typeof T_SNE> {}

interface Fit {
  readonly embedding: Float64Array;
  readonly divergences: number[];
}

/** Steps between two divergences. */
const INTERVAL = 50;
const START = 1e-4;

/**
 * t-SNE: places in the plane, such that neighbours stay neighbours. How much samples are neighbours is p(i,j), by Gaussians around each
 * that are as wide as `perplexity` says; in the plane it is q(i,j) by Student's t, whose long tails leave room for clusters to part.
 * Gradient descent makes the divergence of both small:
 *
 * p(j|i) ∝ exp(−|xᵢ − xⱼ|² / 2σᵢ²),   p(i,j) = (p(j|i) + p(i|j)) / 2n,   q(i,j) ∝ 1 / (1 + |yᵢ − yⱼ|²),   KL = Σ p ln(p / q)
 *
 * Every pair counts in each step: 1,000 samples take some seconds, 5,000 minutes. Distances between clusters and their sizes mean little.
 * @param options.perplexity about how many neighbours a sample has, default 30
 * @param options.iterations default 1000
 * @param options.learningRate default n / 48, and 50 at least
 * @param options.earlyExaggeration default 12
 * @param options.exaggeratedIterations default 250
 * @param options.seed default: one that follows from the seed in force, another for each fit
 * @throws ArgumentError, also at `fit` for a perplexity that is not below n − 1; ShapeError
 * @example
 * const tsne = await new TSNE({ perplexity: 2, iterations: 250, seed: 1 }).fit([[0], [1], [2], [50], [51], [52]]);
 * tsne.embedding.shape;   // [6, 2]
 * @see van der Maaten and Hinton, JMLR 9, 2008; the rate: Belkina et al., Nature Communications 10, 2019
 */
export class TSNE {
  readonly #settings: SettingsOf<typeof T_SNE>;
  #found: Fit | null = null;

  constructor(options?: TSNEOptions);
  constructor() {
    this.#settings = T_SNE.read(arguments);
  }

  /** @param x samples [n, features], n ≥ 3 @returns this @throws ArgumentError for a perplexity that is not below n − 1, ShapeError */
  async fit(x: TensorLike): Promise<this> {
    const op = "TSNE.fit";
    checkArity(op, arguments.length, 1);
    const rows = readRows(op, x);
    const { n } = rows;
    const { perplexity } = this.#settings;
    if (n < 3) throw new ShapeError(message(op, `x is ${shapeText([n, rows.width])}; expected three samples at least`));
    if (perplexity >= n - 1) {
      throw new ArgumentError(message(op, `perplexity is ${perplexity}, x has ${n} samples; expected below n − 1 = ${n - 1}`));
    }
    this.#found = await descend(jointProbabilities(rows, perplexity), n, this.#settings);
    return this;
  }

  /** The places, [n, 2], float64. @throws ArgumentError before `fit` */
  get embedding(): Tensor {
    const { embedding } = this.#of("embedding");
    return asTensor(embedding, [embedding.length / 2, 2]);
  }

  /** The divergence KL at the end. @throws ArgumentError before `fit` */
  get divergence(): number {
    return this.#of("divergence").divergences.at(-1) as number;
  }

  /** The divergence KL at the start, after every 50 steps, and at the end. @throws ArgumentError before `fit` */
  get divergences(): number[] {
    return [...this.#of("divergences").divergences];
  }

  #of(member: string): Fit {
    return fitted(`TSNE.${member}`, this.#found);
  }
}

/** Gradient descent with momentum, and with a gain for each coordinate that grows while its gradient keeps its direction. */
async function descend(p: Float64Array, n: number, settings: SettingsOf<typeof T_SNE>): Promise<Fit> {
  const { iterations, earlyExaggeration, exaggeratedIterations, seed } = settings;
  const rate = settings.learningRate ?? Math.max(n / 48, 50);
  const y = new Float64Array(underSeed(seedOfFit(seed), () => randn([n, 2], { dtype: "float64" })).view()).map((value) => value * START);
  const [velocity, gains] = [new Float64Array(2 * n), new Float64Array(2 * n).fill(1)];
  const forces = new Forces(n);
  const divergences = [divergence(p, y, n)];
  const breather = new Breather();
  for (let step = 0; step < iterations; step++) {
    const early = step < exaggeratedIterations;
    const gradient = forces.at(p, y, early ? earlyExaggeration : 1);
    const momentum = early ? 0.5 : 0.8;
    for (let i = 0; i < y.length; i++) {
      const turned = gradient[i] * velocity[i] > 0;
      gains[i] = Math.max(turned ? gains[i] * 0.8 : gains[i] + 0.2, 0.01);
      velocity[i] = momentum * velocity[i] - rate * gains[i] * gradient[i];
      y[i] += velocity[i];
    }
    centre(y);
    if ((step + 1) % INTERVAL === 0 || step + 1 === iterations) divergences.push(divergence(p, y, n));
    if (breather.due) await breather.pause();
  }
  return { embedding: y, divergences };
}

/** The gradient of KL by the places: 4 Σⱼ (p − q) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²). */
export class Forces {
  readonly #pull: Float64Array;
  readonly #push: Float64Array;

  constructor(private readonly n: number) {
    this.#pull = new Float64Array(2 * n);
    this.#push = new Float64Array(2 * n);
  }

  /** @param exaggeration by how much p is multiplied @returns [n, 2], which the next call overwrites */
  at(p: Float64Array, y: Float64Array, exaggeration: number): Float64Array {
    const { n } = this;
    const [pull, push] = [this.#pull.fill(0), this.#push.fill(0)];
    let total = 0;
    for (let i = 1; i < n; i++) {
      const [a, b] = [y[2 * i], y[2 * i + 1]];
      let [pullA, pullB, pushA, pushB] = [0, 0, 0, 0];
      for (let j = 0; j < i; j++) {
        const da = a - y[2 * j];
        const db = b - y[2 * j + 1];
        const q = 1 / (1 + da * da + db * db);
        const near = p[i * n + j] * q;
        const far = q * q;
        total += q;
        pullA += near * da;
        pullB += near * db;
        pushA += far * da;
        pushB += far * db;
        pull[2 * j] -= near * da;
        pull[2 * j + 1] -= near * db;
        push[2 * j] -= far * da;
        push[2 * j + 1] -= far * db;
      }
      pull[2 * i] += pullA;
      pull[2 * i + 1] += pullB;
      push[2 * i] += pushA;
      push[2 * i + 1] += pushB;
    }
    // Each pair was counted once, q sums over both of its orders.
    for (let i = 0; i < pull.length; i++) pull[i] = 4 * (exaggeration * pull[i] - push[i] / (2 * total));
    return pull;
  }
}

/** Σ p ln(p / q). */
export function divergence(p: Float64Array, y: Float64Array, n: number): number {
  let [sum, total] = [0, 0];
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [da, db] = [y[2 * i] - y[2 * j], y[2 * i + 1] - y[2 * j + 1]];
      const inverse = 1 + da * da + db * db;
      total += 2 / inverse;
      const pair = p[i * n + j];
      if (pair > 0) sum += 2 * pair * ln(pair * inverse);
    }
  }
  return sum + ln(total);
}

function centre(y: Float64Array): void {
  let [a, b] = [0, 0];
  for (let i = 0; i < y.length; i += 2) {
    a += y[i];
    b += y[i + 1];
  }
  for (let i = 0; i < y.length; i += 2) {
    y[i] -= (2 * a) / y.length;
    y[i + 1] -= (2 * b) / y.length;
  }
}
