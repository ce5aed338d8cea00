import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, number } from "../../options/kinds.js";
import { fillNormal, fillUniform } from "../../tensor/random.js";
import type { Initializer, Site } from "./common.js";
import { fillTruncated } from "./truncated.js";

const FAN_IN_UNIFORM = declare("fanInUniform", {});

/**
 * U(±1/√fanIn), with which PyTorch's Linear and convolutions start, and so do `Linear` and `Conv2d` here. Its variance is 1/(3 fanIn), a
 * third of that of `lecunUniform`; N(0, 1/fanIn) is `lecunNormal`. PyTorch writes it kaiming_uniform_(a=√5).
 * @throws ArgumentError for an option
 * @example new Dense(10, { weightInitializer: "fanInUniform" })
 */
export const fanInUniform: (options?: Record<string, never>) => Initializer = Object.assign(
  function (options?: Record<string, never>): Initializer {
    checkArity("fanInUniform", arguments.length, 1);
    FAN_IN_UNIFORM.readOptions(options);
    return (elements, { fanIn, stream, seed }) => {
      const limit = 1 / Math.sqrt(fanIn);
      fillUniform(elements, stream, -limit, limit, seed);
    };
  },
  { aka: ["inverseSqrtFanIn"] },
);

const VARIANCE_SCALING = declare("varianceScaling", {
  /** What the variance is a multiple of, > 0. Default 1. */
  scale: number({ default: 1, above: 0 }),
  /** What it is divided by: "fanIn", "fanOut" or "fanAvg", their mean. Default "fanIn". */
  mode: choice(["fanIn", "fanOut", "fanAvg"], { default: "fanIn" }),
  /** "truncatedNormal" at two standard deviations, "normal" or "uniform". Default "truncatedNormal". */
  distribution: choice(["truncatedNormal", "normal", "uniform"], { default: "truncatedNormal" }),
});

/**
 * Random elements of mean 0 and variance scale / fan, as Keras's VarianceScaling: Glorot's, He's and LeCun's are such. Keras's he_normal
 * is { scale: 2 }, its glorot_normal { mode: "fanAvg" }, its lecun_normal the default: all of them truncated.
 * @param options.scale > 0, default 1
 * @param options.mode default "fanIn"
 * @param options.distribution default "truncatedNormal", which is widened so that it has the variance after it is cut
 * @throws ArgumentError for another word or a value outside its range
 * @example new Dense(10, { weightInitializer: { name: "varianceScaling", scale: 2, mode: "fanOut", distribution: "uniform" } })
 */
export function varianceScaling(options?: OptionsOf<typeof VARIANCE_SCALING>): Initializer {
  checkArity("varianceScaling", arguments.length, 1);
  const { scale, mode, distribution } = VARIANCE_SCALING.readOptions(options);
  return (elements, site) => {
    const std = Math.sqrt(scale / Math.max(1, fanOf(mode, site)));
    const { stream, seed } = site;
    if (distribution === "normal") return fillNormal(elements, stream, 0, std, seed);
    if (distribution === "uniform") return fillUniform(elements, stream, -std * Math.sqrt(3), std * Math.sqrt(3), seed);
    fillTruncated(elements, site, -2, 2);
    for (let i = 0; i < elements.length; i++) elements[i] *= std / STD_WITHIN_2;
  };
}

/** The standard deviation of a standard normal number between −2 and 2. */
const STD_WITHIN_2 = 0.8796256610342398;

function fanOf(mode: "fanIn" | "fanOut" | "fanAvg", { fanIn, fanOut }: Site): number {
  return mode === "fanAvg" ? (fanIn + fanOut) / 2 : mode === "fanIn" ? fanIn : fanOut;
}
