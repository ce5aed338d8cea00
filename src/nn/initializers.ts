import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { fillNormal, fillUniform, type Seed } from "../tensor/random.js";

/** What an initializer knows of the parameter beside its elements. */
export interface Site {
  /** Inputs that meet in one output. */
  readonly fanIn: number;
  /** Outputs that one input reaches. */
  readonly fanOut: number;
  /** The stream that random elements come from: it belongs to the parameter's place in the model. */
  readonly stream: string;
  readonly seed: Seed;
}

/** Writes the initial elements of a parameter; they are zeros before. */
export type Initializer = (elements: Float32Array, site: Site) => void;

/**
 * Initial values. Every export makes an initializer of its options; layers take it, its name, or its name with options:
 * `initializers.uniform({ low: -1, high: 1 })`, `"uniform"`, `{ name: "uniform", low: -1, high: 1 }`.
 *
 * Random elements depend on the seed and on the parameter's place in the model alone, not on what else is drawn.
 */

/** All 0. @example new Dense(10, { kernelInitializer: "zeros" }) */
export function zeros(options: Record<string, never> = {}): Initializer {
  checkOptions("zeros", options, []);
  return () => {};
}

/** All 1. @example new Dense(10, { biasInitializer: "ones" }) */
export function ones(options: Record<string, never> = {}): Initializer {
  checkOptions("ones", options, []);
  return (elements) => elements.fill(1);
}

/**
 * One value.
 * @param options.value default 0
 * @throws ArgumentError unless it is finite
 * @example new Dense(10, { biasInitializer: { name: "constant", value: 0.1 } })
 */
export function constant(options: { value?: number } = {}): Initializer {
  checkOptions("constant", options, ["value"]);
  const { value = 0 } = options;
  checkFinite("constant", "value", value);
  return (elements) => elements.fill(value);
}

/**
 * U(low, high).
 * @param options.low default −0.05
 * @param options.high default 0.05
 * @throws ArgumentError unless low < high, both finite
 * @example new Dense(10, { kernelInitializer: { name: "uniform", low: -0.1, high: 0.1 } })
 */
export function uniform(options: { low?: number; high?: number } = {}): Initializer {
  checkOptions("uniform", options, ["low", "high"]);
  const { low = -0.05, high = 0.05 } = options;
  checkFinite("uniform", "low", low);
  checkFinite("uniform", "high", high);
  if (low >= high) throw new ArgumentError(message("uniform", `low ${low}, high ${high}; expected low < high`));
  return (elements, { stream, seed }) => fillUniform(elements, stream, low, high, seed);
}

/**
 * N(mean, std²), not truncated.
 * @param options.mean default 0
 * @param options.std standard deviation ≥ 0, default 0.05
 * @throws ArgumentError
 * @example new Dense(10, { kernelInitializer: { name: "normal", std: 0.02 } })
 */
export function normal(options: { mean?: number; std?: number } = {}): Initializer {
  checkOptions("normal", options, ["mean", "std"]);
  const { mean = 0, std = 0.05 } = options;
  checkFinite("normal", "mean", mean);
  checkFinite("normal", "std", std);
  if (std < 0) throw new ArgumentError(message("normal", `std is ${std}; expected a number ≥ 0`));
  return (elements, { stream, seed }) => fillNormal(elements, stream, mean, std, seed);
}

/**
 * U(±√(6 / (fanIn + fanOut))), for tanh, sigmoid, softmax and no activation. Glorot and Bengio, AISTATS 2010.
 * @param options.gain factor of the limit, default 1
 * @example new Dense(10, { kernelInitializer: "glorotUniform" })
 */
export function glorotUniform(options: { gain?: number } = {}): Initializer {
  return scaledUniform("glorotUniform", options, 1, ({ fanIn, fanOut }) => (fanIn + fanOut) / 2);
}

/**
 * N(0, 2 / (fanIn + fanOut)); not truncated, unlike Keras's. Glorot and Bengio, AISTATS 2010.
 * @param options.gain factor of the standard deviation, default 1
 * @example new Dense(10, { kernelInitializer: "glorotNormal" })
 */
export function glorotNormal(options: { gain?: number } = {}): Initializer {
  return scaledNormal("glorotNormal", options, 1, ({ fanIn, fanOut }) => (fanIn + fanOut) / 2);
}

/**
 * U(±gain · √(3 / fanIn)), for relu and its kin. He et al., arXiv 1502.01852.
 * @param options.gain default √2, that of relu
 * @example new Dense(10, { activation: "relu", kernelInitializer: "heUniform" })
 */
export function heUniform(options: { gain?: number } = {}): Initializer {
  return scaledUniform("heUniform", options, Math.SQRT2, ({ fanIn }) => fanIn);
}

/**
 * N(0, gain² / fanIn), for relu and its kin; not truncated, unlike Keras's. He et al., arXiv 1502.01852.
 * @param options.gain default √2, that of relu
 * @example new Dense(10, { activation: "relu", kernelInitializer: "heNormal" })
 */
export function heNormal(options: { gain?: number } = {}): Initializer {
  return scaledNormal("heNormal", options, Math.SQRT2, ({ fanIn }) => fanIn);
}

/**
 * U(±√(3 / fanIn)). LeCun et al., Efficient BackProp, 1998.
 * @param options.gain factor of the limit, default 1
 * @example new Dense(10, { kernelInitializer: "lecunUniform" })
 */
export function lecunUniform(options: { gain?: number } = {}): Initializer {
  return scaledUniform("lecunUniform", options, 1, ({ fanIn }) => fanIn);
}

/**
 * N(0, 1 / fanIn), for selu; not truncated, unlike Keras's. LeCun et al., Efficient BackProp, 1998.
 * @param options.gain factor of the standard deviation, default 1
 * @example new Dense(10, { kernelInitializer: "lecunNormal" })
 */
export function lecunNormal(options: { gain?: number } = {}): Initializer {
  return scaledNormal("lecunNormal", options, 1, ({ fanIn }) => fanIn);
}

/** U(±limit) has variance limit²/3: the limit that gives gain²/fan. */
function scaledUniform(name: string, options: { gain?: number }, gain: number, fan: (site: Site) => number): Initializer {
  const scale = gainOf(name, options, gain) * Math.sqrt(3);
  return (elements, site) => {
    const limit = scale / Math.sqrt(Math.max(1, fan(site)));
    fillUniform(elements, site.stream, -limit, limit, site.seed);
  };
}

function scaledNormal(name: string, options: { gain?: number }, gain: number, fan: (site: Site) => number): Initializer {
  const scale = gainOf(name, options, gain);
  return (elements, site) => fillNormal(elements, site.stream, 0, scale / Math.sqrt(Math.max(1, fan(site))), site.seed);
}

function gainOf(name: string, options: { gain?: number }, standard: number): number {
  checkOptions(name, options, ["gain"]);
  const { gain = standard } = options;
  checkFinite(name, "gain", gain);
  if (gain <= 0) throw new ArgumentError(message(name, `gain is ${gain}; expected a number > 0`));
  return gain;
}

function checkFinite(op: string, what: string, value: number): void {
  if (!Number.isFinite(value)) throw new ArgumentError(message(op, `${what} is ${String(value)}; expected a finite number`));
}
