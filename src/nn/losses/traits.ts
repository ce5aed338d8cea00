import { declare } from "../../options/declare.js";
import { callable, choice, flag, number } from "../../options/kinds.js";
import type { Loss, LossTraits } from "./define.js";

/** What a function of the user's may say of itself, as a loss. */
const TRAITS = declare("loss", {
  /** The same arguments always give the same operations. Default false. */
  capturable: flag({}),
  /** What the loss compares a prediction with. Default: the targets tell. */
  targets: choice(["values", "classes"], {}),
  /** The axis of the classes in predictions of three and more axes. Default 1. */
  classAxis: choice([1, -1], {}),
  /** The function that makes probabilities of the prediction. Default none. */
  squashing: choice(["softmax", "sigmoid"], { default: null }),
  /** The label that counts for nothing, an int32. Default none. */
  ignoreIndex: number({ default: null, whole: true, min: -2147483648, max: 2147483647 }),
  /** Whether the loss of a batch is a mean or a sum. Default "mean". */
  reduction: choice(["mean", "sum", "none", "batchMean"], {}),
  /** Tells what the mean over a batch divides by. Default: the labels or the samples that count. */
  divisor: callable<NonNullable<LossTraits["divisor"]>>()("a function of prediction, target and options", {}),
});

/** @returns the loss @throws ArgumentError for what it says of itself in other words or values than `LossTraits` has */
export function checkTraits(op: string, loss: Loss): Loss {
  const said = Object.keys(TRAITS.options).filter((name) => name in loss);
  if (said.length > 0) TRAITS.readOptions(Object.fromEntries(said.map((name) => [name, loss[name as keyof Loss]])), `${op}: the loss`);
  return loss;
}
