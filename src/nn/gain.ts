import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";

/** By which factor a variance of 1 must be raised in front of an activation. Those of a slope depend on it. */
const GAINS = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope: number) => Math.SQRT2 / Math.sqrt(1 + slope * slope),
  selu: () => 3 / 4,
} as const;

const SLOPE = number({ required: true });

/**
 * The gain that PyTorch recommends in front of an activation: linear and sigmoid 1, tanh 5/3, relu √2, leakyRelu √(2 / (1 + slope²)),
 * selu 3/4. As torch.nn.init.calculate_gain, in whose words linear stands for convolutions, too.
 * @param activation one of these names
 * @param slope of leakyRelu, finite, default 0.01
 * @throws ArgumentError for another name
 * @example calculateGain("leakyRelu", 0.2)   // 1.3868
 * @example new Dense(10, { activation: "tanh", weightInitializer: { name: "glorotUniform", gain: calculateGain("tanh") } })
 */
export function calculateGain(activation: keyof typeof GAINS, slope: number = 0.01): number {
  checkArity("calculateGain", arguments.length, 2);
  checkValue("calculateGain", "slope", slope, SLOPE);
  if (typeof activation !== "string" || !Object.hasOwn(GAINS, activation)) {
    const known = Object.keys(GAINS);
    const hint = typeof activation === "string" ? didYouMean(activation, known) : "";
    throw new ArgumentError(
      message("calculateGain", `the activation is ${kindText(activation)}; expected ${known.join(", ")}`, hint.trim()),
    );
  }
  return GAINS[activation](slope);
}
