import type { Classifier } from "../../classic/classifier.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { logitsOf } from "../../nn/logits.js";
import { Module } from "../../nn/module.js";
import { sigmoid } from "../../ops/activations.js";
import { softmax } from "../../ops/softmax.js";
import { tensor } from "../../tensor/creation.js";
import type { Tensor } from "../../tensor/tensor.js";
import { inEvaluation } from "../../train/evaluationStep.js";
import { outputsOf } from "../../train/outputs.js";

/** What tells classes from samples: a model whose outputs are logits or probabilities of classes; a classifier of simdgrad/classic. */
export type ClassModel = Module | Classifier;

/** Probabilities of classes, [n, classes], row by row. */
export interface ClassProbabilities {
  readonly n: number;
  readonly classes: number;
  readonly values: Float64Array;
}

/** Samples that go through a model at once. */
const AT_ONCE = 4096;

/**
 * The probabilities of the classes of samples [n, width]. One output of a model is the logit of class 1 of two; a softmax or a sigmoid at its
 * end is recognised. Classifiers without probabilities give 1 to what they say.
 * @throws ArgumentError for what is no model; ShapeError for outputs that are not [n, classes]
 */
export function probabilitiesOf(op: string, model: ClassModel, samples: Float32Array, width: number): ClassProbabilities {
  const n = samples.length / width;
  const parts: ClassProbabilities[] = [];
  const modules = model instanceof Module ? [...model.namedModules().values()] : [];
  for (let from = 0; from < n; from += AT_ONCE) {
    const x = tensor(samples.slice(from * width, (from + AT_ONCE) * width), { shape: [Math.min(AT_ONCE, n - from), width] });
    if (model instanceof Module) parts.push(inEvaluation(modules, () => ofOutputs(op, outputsOf(op, model, { x } as never)[0])));
    else parts.push(ofClassifier(op, model, x));
  }
  // A classifier's predictions know only the classes that they name.
  const classes = Math.max(2, ...parts.map((part) => part.classes));
  const values = new Float64Array(n * classes);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.n; i++, at++) {
      for (let c = 0; c < part.classes; c++) values[at * classes + c] = part.values[i * part.classes + c];
    }
  }
  return { n, classes, values };
}

function ofOutputs(op: string, output: Tensor): ClassProbabilities {
  const { shape } = output;
  if (shape.length > 2 || shape.length === 0) {
    throw new ShapeError(message(op, `the model's output is ${shapeText(shape)}; expected logits [n, classes], or [n, 1] of two classes`));
  }
  const outputs = shape.length === 1 || shape[1] === 1 ? 1 : shape[1];
  const squashed = logitsOf(output) !== null;
  const rows = squashed ? output : outputs === 1 ? sigmoid(output) : softmax(output, -1);
  const found = Float64Array.from(rows.view());
  return outputs === 1 ? ofTwo(found) : { n: shape[0], classes: outputs, values: found };
}

function ofTwo(second: Float64Array): ClassProbabilities {
  const values = new Float64Array(2 * second.length);
  for (let i = 0; i < second.length; i++) values.set([1 - second[i], second[i]], 2 * i);
  return { n: second.length, classes: 2, values };
}

function ofClassifier(op: string, model: Classifier & { predictProba?: (x: Tensor) => Tensor }, x: Tensor): ClassProbabilities {
  if (typeof model?.predict !== "function") {
    throw new ArgumentError(message(op, `model is ${kindText(model)}; expected a model, or a classifier of simdgrad/classic`));
  }
  const n = x.shape[0];
  if (model.predictProba !== undefined) {
    const found = model.predictProba(x);
    const values = Float64Array.from(found.view());
    return found.shape.length === 1 ? ofTwo(values) : { n, classes: found.shape[1], values };
  }
  const labels = Int32Array.from(model.predict(x).view());
  const classes = labels.reduce((most, label) => Math.max(most, label), 0) + 1;
  const values = new Float64Array(n * classes);
  labels.forEach((label, i) => {
    values[i * classes + label] = 1;
  });
  return { n, classes, values };
}

/** The class that is likeliest for each sample. */
export function likeliest({ n, classes, values }: ClassProbabilities): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (values[i * classes + c] > values[i * classes + best]) best = c;
    return best;
  });
}

/** By how much a class is likelier than the likeliest of the others, for each sample: above 0 where the class is said. */
export function margins({ n, classes, values }: ClassProbabilities, of: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let other = 0;
    for (let c = 0; c < classes; c++) if (c !== of) other = Math.max(other, values[i * classes + c]);
    return values[i * classes + of] - other;
  });
}
