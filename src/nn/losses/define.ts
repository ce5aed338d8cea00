import type { Reduction } from "../../ops/crossEntropy.js";
import { checkTensor } from "../../ops/operands.js";
import type { Squashing } from "../../ops/squashed.js";
import { checkArity } from "../../options/arity.js";
import type { Declaration, Declared, OptionsOf, SettingsOf } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { LogitsFinder } from "../logits.js";

/**
 * What a loss compares a prediction with: "values" of the prediction's own shape, or "classes", which are labels without the
 * prediction's class axis, or probabilities of its shape.
 */
export type TargetKind = "values" | "classes";

/**
 * What a loss says of itself to `compile`, `fit` and the metrics. A function of your own may say the same: `Object.assign(loss, { … })`.
 *
 * A mean over a batch divides by something: by the number of samples, or by the labels that count. Batches weigh that much in the
 * figure of an epoch, which therefore does not depend on how the samples fall into batches.
 */
export interface LossTraits {
  /** The same arguments always give the same operations, so that `fit` may capture the step. */
  readonly capturable?: boolean;
  readonly targets?: TargetKind;
  /** The axis of the classes in predictions of three and more axes: 1, or the last, −1. Absent: 1. */
  readonly classAxis?: 1 | -1;
  /** The prediction is logits; this function makes probabilities of them. Absent or null: the prediction is taken as it is. */
  readonly squashing?: Squashing | null;
  /** The label that counts for nothing, for the loss and for the metrics beside it. Absent or null: every label counts. */
  readonly ignoreIndex?: number | null;
  /**
   * "sum": the loss of a batch is a sum, and so is the figure of an epoch. "batchMean": the losses of a sample's elements are added up,
   * those of samples averaged. Absent: both are means.
   */
  readonly reduction?: Reduction | "batchMean";
  /**
   * What the mean over a batch divides by; with reduction "none" what each of the losses contributes to that, in their shape. Absent:
   * the number of labels other than `ignoreIndex`, or else the number of samples.
   */
  divisor?(prediction: Tensor, target: Tensor, options?: object): Tensor | number;
}

/**
 * A loss of predictions and targets: a scalar. Where samples are weighted, `fit` calls it with `{ reduction: "none" }`, and it gives
 * one loss for each sample, or for each element of each.
 */
export interface Loss extends LossTraits {
  (prediction: Tensor, target: Tensor, options?: Record<string, unknown>): Tensor;
}

/** A loss of the library: with the options that it declares, and the words of other libraries for it. */
export interface LossFunction<Options> extends LossTraits {
  (prediction: Tensor, target: Tensor, options?: Options): Tensor;
  readonly capturable: true;
  readonly targets: TargetKind;
  readonly squashing: Squashing | null;
  readonly aka: readonly string[];
  /** @internal */
  readonly declaration: Declaration<Declared>;
}

/** What a loss computes with. */
interface Operands {
  readonly x: Tensor;
  readonly y: Tensor;
  /** The shape of the losses before they are reduced, where it is not what the formula gives. */
  readonly shape: Shape | null;
}

/** How losses take targets of a kind: `VALUES` and `CLASSES`. */
export interface Targets {
  readonly kind: TargetKind;
  /**
   * @param logits what the loss computes with in the prediction's place; it is told the class axis
   * @throws ShapeError, DTypeError where target and prediction do not fit together
   */
  operands(op: string, prediction: Tensor, target: Tensor, logits: (x: Tensor, classAxis: number) => Tensor): Operands;
}

interface LossSpec<O extends Declared> {
  /** The words of PyTorch and Keras for the loss. */
  readonly aka: readonly string[];
  readonly targets: Targets;
  /** The loss takes logits: where a prediction was made of them by this function, the loss finds them. */
  readonly logits?: LogitsFinder;
  /**
   * The loss, reduced as the settings say.
   * @param x the prediction in floating point; of `CLASSES` rows [n, classes]
   * @param y the target; of `VALUES` of the prediction's shape and type; of `CLASSES` labels [n] or probabilities [n, classes]
   */
  readonly compute: (x: Tensor, y: Tensor, settings: SettingsOf<Declaration<O>>) => Tensor;
  /** What the mean divides by, reduced as the settings say, where that is not the number of samples. */
  readonly divisor?: (prediction: Tensor, target: Tensor, settings: SettingsOf<Declaration<O>>) => Tensor | number;
}

/** Makes a loss of its declared options, of what it says of itself, and of its formula. */
export function defineLoss<O extends Declared>(
  declaration: Declaration<O>,
  { aka, targets, logits, compute, divisor }: LossSpec<O>,
): LossFunction<OptionsOf<Declaration<O>>> {
  const { op } = declaration;
  function loss(prediction: Tensor, target: Tensor, options?: object): Tensor {
    checkArity(op, arguments.length, 3);
    const settings = declaration.readOptions(options);
    checkTensor(op, "prediction", prediction);
    checkTensor(op, "target", target);
    const { reduction, fromLogits } = settings as { reduction?: string; fromLogits?: boolean };
    const find = (x: Tensor, classAxis: number): Tensor => (logits === undefined ? x : logits.find(op, x, classAxis, fromLogits));
    const { x, y, shape } = targets.operands(op, prediction, target, find);
    const result = compute(x, y, settings);
    return shape !== null && reduction === "none" ? result.reshape(shape) : result;
  }
  Object.defineProperty(loss, "name", { value: op });
  const traits = { capturable: true as const, targets: targets.kind, squashing: logits?.squashing ?? null };
  const read = (options?: object) => declaration.readOptions(options);
  const divides = divisor && { divisor: (x: Tensor, y: Tensor, options?: object) => divisor(x, y, read(options)) };
  return Object.assign(loss, { ...traits, ...countedBy(read()), ...divides, aka, declaration });
}

/** What settings say of the labels that count, and of how an epoch's figure is made. */
function countedBy(settings: object): Pick<LossTraits, "ignoreIndex" | "reduction"> {
  const { ignoreIndex = null, reduction } = settings as { ignoreIndex?: number; reduction: LossTraits["reduction"] };
  return { ignoreIndex, reduction };
}

/** A loss with options that hold for all its calls. @throws ArgumentError for options that it does not take */
export function withOptions(loss: Loss, options: Record<string, unknown>): Loss {
  const { capturable, targets, squashing, divisor, declaration } = loss as LossFunction<object>;
  const counted = countedBy(declaration.readOptions(options));
  // A function of the user's may change from call to call.
  const isFixed = Object.values(options).every((value) => typeof value !== "function");
  const configured: Loss = (prediction, target, more) => loss(prediction, target, { ...options, ...more });
  const divides = divisor && { divisor: (x: Tensor, y: Tensor, more?: object) => divisor(x, y, { ...options, ...more }) };
  return Object.assign(configured, { capturable: capturable && isFixed, targets, squashing, ...counted, ...divides });
}
