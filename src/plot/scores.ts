import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import { tensor } from "../tensor/creation.js";
import type { TensorLike } from "../tensor/nested.js";
import { Tensor } from "../tensor/tensor.js";

/** Scores of one model, or of several by name. */
export type Scores = TensorLike | Readonly<Record<string, TensorLike>>;

/** Each model's predictions by name; one without a name is "model". @throws ArgumentError */
export function predictionsOf(op: string, given: Scores): Map<string, Tensor> {
  const named =
    given instanceof Tensor || !isPlain(given) ? { model: given as TensorLike } : (given as Readonly<Record<string, TensorLike>>);
  const entries = Object.entries(named);
  if (entries.length === 0) throw new ArgumentError(message(op, "the scores are {}; expected a tensor, or tensors by name"));
  return new Map(entries.map(([name, scores]) => [name, tensorOf(op, name === "model" ? "scores" : `scores.${name}`, scores)]));
}

/** Scores [n] or [n, 1] of yes, and labels 0 and 1 for them. @throws ShapeError, ArgumentError for other labels, or scores that are no numbers */
export function readBinary(op: string, given: Scores, labels: TensorLike): { named: Map<string, Float64Array>; truths: Float64Array } {
  const truths = Float64Array.from(tensorOf(op, "labels", labels).view());
  const wrong = truths.find((truth) => truth !== 0 && truth !== 1);
  if (wrong !== undefined)
    throw new ArgumentError(message(op, `the labels hold ${wrong}; expected 0 and 1`, "Draw one class against the rest: y.eq(class)."));
  const named = new Map<string, Float64Array>();
  for (const [name, scores] of predictionsOf(op, given)) {
    const values = Float64Array.from(scores.view());
    if (values.length !== truths.length || scores.shape[0] !== truths.length) {
      const mend = scores.shape.length === 2 ? "Of several classes take the scores of one: scores.slice([null, 1])." : undefined;
      throw new ShapeError(
        message(op, `${name} has scores ${shapeText(scores.shape)} for ${truths.length} labels; expected one for each`, mend),
      );
    }
    if (values.some(Number.isNaN)) throw new ArgumentError(message(op, `the scores of ${name} hold NaN; expected numbers`));
    named.set(name, values);
  }
  return { named, truths };
}

/** An argument as a tensor. @throws ArgumentError for what is none */
export function tensorOf(op: string, name: string, given: TensorLike): Tensor {
  if (given instanceof Tensor) return given;
  if (Array.isArray(given) || ArrayBuffer.isView(given)) return tensor(given as TensorLike, { dtype: "float64" });
  throw new ArgumentError(message(op, `${name} is ${kindText(given)}; expected a tensor or arrays of numbers`));
}
