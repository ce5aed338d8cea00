import { Sequential } from "../model/sequential.js";
import { Dense, Dropout, Flatten, type Module } from "../nn/index.js";
import { activation, sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { sizeOf } from "../tensor/shape.js";
import { widths } from "./widths.js";

const MLP = declare(
  "mlp",
  {
    /** Units of the hidden layers. Default [128]. */
    hidden: widths({ default: [128], aka: ["hiddenUnits", "layers"] }),
    /** Behind each hidden layer. Default "relu". */
    activation: activation({ default: "relu" }),
    /** Probability of dropping behind each hidden layer, 0 … below 1. Default 0: no Dropout. */
    dropout: number({ default: 0, min: 0, below: 1 }),
    /** Extents of one sample, without the batch: builds the model at once. Default: those of its first input. */
    inputShape: sampleShape({}),
  },
  { outputs: count({ required: true }) },
);

/** Options of `mlp`. */
export interface MlpOptions extends OptionsOf<typeof MLP> {}

/**
 * A multilayer perceptron: hidden layers with an activation, and a last one without. Samples of any shape are flattened.
 * Shape:     [n, ...] → [n, outputs]
 * @param outputs classes, or numbers to predict
 * @param options.hidden units of the hidden layers, default [128]
 * @param options.activation default "relu"
 * @param options.dropout probability of dropping behind each hidden layer, default 0
 * @param options.inputShape extents of one sample, default those of the first input
 * @throws ArgumentError for an unknown option or value
 * @example mlp(10, { hidden: [256, 64], dropout: 0.2 }).forward(randn([8, 1, 28, 28])).shape   // [8, 10]
 */
export function mlp(outputs: number, options?: MlpOptions): Sequential {
  checkArity("mlp", arguments.length, 2);
  const { hidden, activation, dropout, inputShape } = MLP.read([outputs, ...(options === undefined ? [] : [options])]);
  const widths = [...hidden, outputs];
  const layers = widths.flatMap((units, i): Module[] => {
    // Each layer is built at once where the features that it takes are known.
    const features = i > 0 ? widths[i - 1] : inputShape && sizeOf(inputShape);
    const told = inputShape && { inputShape: [features as number] };
    if (i === hidden.length) return [new Dense(units, told)];
    return [new Dense(units, { activation, ...told }), ...(dropout > 0 ? [new Dropout(dropout)] : [])];
  });
  return new Sequential([new Flatten(), ...layers]);
}
