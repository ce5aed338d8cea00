import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { type Declaration, declare, type OptionsOf } from "../../options/declare.js";
import { choice, number } from "../../options/kinds.js";
import { fillNormal, fillUniform } from "../../tensor/random.js";
import { type GainOptions, type Initializer, type ScaledInitializer, type Site, scaled } from "./define.js";

export type { GainOptions, Initializer, ScaledInitializer, Site };

/**
 * Initial values. Every export makes an initializer of its options; layers take it, its name, or its name with options:
 * `initializers.uniform({ low: -1, high: 1 })`, `"uniform"`, `{ name: "uniform", low: -1, high: 1 }`.
 *
 * Random elements depend on the seed and on the parameter's place in the model alone, not on what else is drawn.
 */

const ZEROS = declare("zeros", {});

/** All 0. @throws ArgumentError @example new Dense(10, { weightInitializer: "zeros" }) */
export function zeros(options?: Record<string, never>): Initializer {
  checkArity("zeros", arguments.length, 1);
  ZEROS.readOptions(options);
  return () => {};
}

const ONES = declare("ones", {});

/** All 1. @throws ArgumentError @example new Dense(10, { biasInitializer: "ones" }) */
export function ones(options?: Record<string, never>): Initializer {
  checkArity("ones", arguments.length, 1);
  ONES.readOptions(options);
  return (elements) => elements.fill(1);
}

const CONSTANT = declare("constant", {
  /** The value of each element, finite. Default 0. */
  value: number({ default: 0, aka: ["val"] }),
});

/**
 * One value.
 * @param options.value default 0
 * @throws ArgumentError unless it is finite
 * @example new Dense(10, { biasInitializer: { name: "constant", value: 0.1 } })
 */
export function constant(options?: OptionsOf<typeof CONSTANT>): Initializer {
  checkArity("constant", arguments.length, 1);
  const { value } = CONSTANT.readOptions(options);
  return (elements) => elements.fill(value);
}

const UNIFORM = declare("uniform", {
  /** The lower limit, finite. Default −0.05. */
  low: number({ default: -0.05, aka: ["minval"] }),
  /** The upper limit, finite, > low. Default 0.05. */
  high: number({ default: 0.05, aka: ["maxval"] }),
});

/**
 * U(low, high).
 * @param options.low default −0.05
 * @param options.high default 0.05
 * @throws ArgumentError unless low < high, both finite
 * @example new Dense(10, { weightInitializer: { name: "uniform", low: -0.1, high: 0.1 } })
 */
export function uniform(options?: OptionsOf<typeof UNIFORM>): Initializer {
  checkArity("uniform", arguments.length, 1);
  const { low, high } = UNIFORM.readOptions(options);
  if (low >= high) throw new ArgumentError(message("uniform", `low ${low}, high ${high}; expected low < high`));
  return (elements, { stream, seed }) => fillUniform(elements, stream, low, high, seed);
}

const NORMAL = declare("normal", {
  /** Finite. Default 0. */
  mean: number({ default: 0 }),
  /** The standard deviation, ≥ 0. Default 0.05. */
  std: number({ default: 0.05, min: 0, aka: ["stddev", "sigma"] }),
});

/**
 * N(mean, std²), not truncated.
 * @param options.mean default 0
 * @param options.std standard deviation ≥ 0, default 0.05
 * @throws ArgumentError
 * @example new Dense(10, { weightInitializer: { name: "normal", std: 0.02 } })
 */
export function normal(options?: OptionsOf<typeof NORMAL>): Initializer {
  checkArity("normal", arguments.length, 1);
  const { mean, std } = NORMAL.readOptions(options);
  return (elements, { stream, seed }) => fillNormal(elements, stream, mean, std, seed);
}

const HE = {
  /** Which fan keeps its variance: "fanIn" in forward, "fanOut" in backward. Default "fanIn". */
  mode: choice(["fanIn", "fanOut"], { default: "fanIn" }),
  /** The slope of a leaky relu below 0, finite: the gain is √(2 / (1 + slope²)). Default 0, relu. */
  slope: number({ default: 0, aka: ["a", "negativeSlope"] }),
  /** Factor of the standard deviation, > 0, in place of that of `slope`: see `calculateGain`. Default null. */
  gain: number({ default: null, above: 0, aka: ["scale", "nonlinearity"] }),
};

/** Options of `heUniform` and `heNormal`. */
export interface HeOptions extends OptionsOf<Declaration<typeof HE>> {}

/** Makes an initializer of He's. */
export type HeInitializer = (options?: HeOptions) => Initializer;

/**
 * U(±√(6 / (fanIn + fanOut))), for tanh, sigmoid, softmax and no activation. Glorot and Bengio, AISTATS 2010.
 * @param options.gain factor of the limit, default 1
 * @throws ArgumentError unless gain is a number > 0
 * @example new Dense(10, { weightInitializer: "glorotUniform" })
 */
export const glorotUniform: ScaledInitializer = scaledUniform("glorotUniform", { gain: 1, fan: mean, aka: ["xavierUniform"] });

/**
 * N(0, 2 / (fanIn + fanOut)); not truncated, unlike Keras's. Glorot and Bengio, AISTATS 2010.
 * @param options.gain factor of the standard deviation, default 1
 * @throws ArgumentError unless gain is a number > 0
 * @example new Dense(10, { weightInitializer: "glorotNormal" })
 */
export const glorotNormal: ScaledInitializer = scaledNormal("glorotNormal", { gain: 1, fan: mean, aka: ["xavierNormal"] });

/**
 * U(±gain · √(3 / fan)), for relu and its kin. He et al., arXiv 1502.01852.
 * @param options.mode "fanIn" or "fanOut", default "fanIn"
 * @param options.slope of a leaky relu, finite, default 0
 * @param options.gain in place of √(2 / (1 + slope²)), > 0, default null
 * @throws ArgumentError for another word or a value outside its range
 * @example new Dense(10, { activation: "relu", weightInitializer: "heUniform" })
 */
export const heUniform: HeInitializer = he("heUniform", uniformOf, ["kaimingUniform"]);

/**
 * N(0, gain² / fan), for relu and its kin; not truncated, unlike Keras's: see `varianceScaling`. He et al., arXiv 1502.01852.
 * @param options.mode "fanIn" or "fanOut", default "fanIn"
 * @param options.slope of a leaky relu, finite, default 0
 * @param options.gain in place of √(2 / (1 + slope²)), > 0, default null
 * @throws ArgumentError for another word or a value outside its range
 * @example new Dense(10, { activation: "relu", weightInitializer: { name: "heNormal", mode: "fanOut" } })
 */
export const heNormal: HeInitializer = he("heNormal", normalOf, ["kaimingNormal"]);

/**
 * U(±√(3 / fanIn)). LeCun et al., Efficient BackProp, 1998.
 * @param options.gain factor of the limit, default 1
 * @throws ArgumentError unless gain is a number > 0
 * @example new Dense(10, { weightInitializer: "lecunUniform" })
 */
export const lecunUniform: ScaledInitializer = scaledUniform("lecunUniform", { gain: 1, fan: inputs });

/**
 * N(0, 1 / fanIn), for selu; not truncated, unlike Keras's. LeCun et al., Efficient BackProp, 1998.
 * @param options.gain factor of the standard deviation, default 1
 * @throws ArgumentError unless gain is a number > 0
 * @example new Dense(10, { weightInitializer: "lecunNormal" })
 */
export const lecunNormal: ScaledInitializer = scaledNormal("lecunNormal", { gain: 1, fan: inputs });

interface Scaling {
  /** The gain where none is given. */
  readonly gain: number;
  /** What the variance gain²/fan is divided by. */
  readonly fan: (site: Site) => number;
  readonly aka?: readonly string[];
}

function scaledUniform(name: string, scaling: Scaling): ScaledInitializer {
  return scaled(name, scaling, (gain) => uniformOf(gain, scaling.fan));
}

function scaledNormal(name: string, scaling: Scaling): ScaledInitializer {
  return scaled(name, scaling, (gain) => normalOf(gain, scaling.fan));
}

type Distribution = (gain: number, fan: (site: Site) => number) => Initializer;

/** U(±limit) has variance limit²/3: the limit that gives gain²/fan. */
function uniformOf(gain: number, fan: (site: Site) => number): Initializer {
  const scale = gain * Math.sqrt(3);
  return (elements, site) => {
    const limit = scale / Math.sqrt(Math.max(1, fan(site)));
    fillUniform(elements, site.stream, -limit, limit, site.seed);
  };
}

function normalOf(gain: number, fan: (site: Site) => number): Initializer {
  return (elements, site) => fillNormal(elements, site.stream, 0, gain / Math.sqrt(Math.max(1, fan(site))), site.seed);
}

function he(name: string, distribution: Distribution, aka: readonly string[]): HeInitializer {
  const declaration = declare(name, HE);
  const make = function (options?: HeOptions): Initializer {
    checkArity(name, arguments.length, 1);
    const { mode, slope, gain } = declaration.readOptions(options);
    return distribution(gain ?? Math.SQRT2 / Math.sqrt(1 + slope * slope), (site) => site[mode]);
  };
  return Object.assign(make, { aka });
}

function mean({ fanIn, fanOut }: Site): number {
  return (fanIn + fanOut) / 2;
}

function inputs({ fanIn }: Site): number {
  return fanIn;
}
