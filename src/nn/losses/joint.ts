import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { checkArity } from "../../options/arity.js";
import type { Declaration, Declared, OptionsOf, SettingsOf } from "../../options/declare.js";
import { isPlain } from "../../options/plain.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { LossTraits } from "./define.js";

/**
 * Losses of three tensors, such as an anchor with a sample that is like it and one that is not. They are called with the three, in
 * PyTorch's order. In `compile` and `fit`, where a loss has a prediction and a target, the prediction holds its tensors side by side:
 *
 *     loss(first, second, target, options)
 *     loss(prediction, target, options)     prediction [n, 2, …] or [n, 2 · d, …], cut in halves along axis 1
 */

/** A loss of three tensors, which may be called with a prediction that holds several, and a target. */
export interface JointLossFunction<Options> extends LossTraits {
  (first: Tensor, second: Tensor, third: Tensor, options?: Options): Tensor;
  (prediction: Tensor, target: Tensor, options?: Options): Tensor;
  readonly capturable: true;
  readonly targets: "values";
  readonly squashing: null;
  readonly aka: readonly string[];
  /** @internal */
  readonly declaration: Declaration<Declared>;
}

type Triple = readonly [Tensor, Tensor, Tensor];

interface JointSpec<O extends Declared> {
  /** The words of PyTorch and Keras for the loss. */
  readonly aka: readonly string[];
  /** The names of the three operands. */
  readonly operands: readonly [string, string, string];
  /** Which operands the prediction holds, in this order; the one that is left is the target. */
  readonly predicted: readonly number[];
  /** Makes a tensor of another operand, where something else may stand for one. */
  readonly tensorOf?: (operand: unknown, position: number, others: readonly unknown[]) => unknown;
  /** The loss, reduced as the settings say; the operands are in floating point, of one type. */
  readonly compute: (operands: Triple, settings: SettingsOf<Declaration<O>>) => Tensor;
}

/** Makes a loss of three tensors, of its declared options, of how a prediction holds them, and of its formula. */
export function defineJointLoss<O extends Declared>(
  declaration: Declaration<O>,
  { aka, operands: names, predicted, tensorOf = (operand) => operand, compute }: JointSpec<O>,
): JointLossFunction<OptionsOf<Declaration<O>>> {
  const { op } = declaration;
  function loss(...args: unknown[]): Tensor {
    const joined = args.length < 3 || args[2] === undefined || isPlain(args[2]);
    checkArity(op, args.length, joined ? 3 : 4);
    const settings = declaration.readOptions(args[joined ? 2 : 3]);
    const given = joined ? apart(op, args[0], args[1], names, predicted) : args.slice(0, 3).map((one, i) => tensorOf(one, i, args));
    for (const [i, operand] of given.entries()) checkTensor(op, names[i], operand);
    const [first, ...others] = (given as Tensor[]).map(floating);
    return compute([first, ...others.map((other) => other.cast(first.dtype))] as unknown as Triple, settings);
  }
  Object.defineProperty(loss, "name", { value: op });
  const { reduction } = declaration.readOptions(undefined) as { reduction?: LossTraits["reduction"] };
  const traits = { capturable: true as const, targets: "values" as const, squashing: null, ignoreIndex: null, reduction };
  return Object.assign(loss as JointLossFunction<OptionsOf<Declaration<O>>>, { ...traits, aka, declaration });
}

/** The operands that a prediction holds side by side along axis 1, and the target in the place that is left. @throws ShapeError */
function apart(op: string, prediction: unknown, target: unknown, names: readonly string[], predicted: readonly number[]): Tensor[] {
  checkTensor(op, "prediction", prediction);
  checkTensor(op, "target", target);
  const [{ shape }, parts] = [prediction as Tensor, predicted.length];
  if (shape.length < 2 || shape[1] === 0 || shape[1] % parts > 0) {
    const held = predicted.map((i) => names[i]).join(", ");
    const problem = `prediction ${shapeText(shape)} does not hold ${held} side by side; expected [n, ${parts}, …] or [n, ${parts} · d, …]`;
    throw new ShapeError(message(op, problem, `Or write ${op}(${names.join(", ")}).`));
  }
  const cut = (prediction as Tensor).split(shape[1] / parts, 1);
  const operands: Tensor[] = [target as Tensor, target as Tensor, target as Tensor];
  for (const [part, i] of predicted.entries()) operands[i] = asBeside(cut[part], target as Tensor);
  return operands;
}

/** A part without its axis of extent 1, unless the target has it, too. */
function asBeside(part: Tensor, target: Tensor): Tensor {
  const isColumn = part.shape[1] === 1 && !(target.rank === part.rank && target.shape[1] === 1);
  return isColumn ? part.squeeze(1) : part;
}
