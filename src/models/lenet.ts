import { Sequential } from "../model/sequential.js";
import { Activation, AvgPool2d, Conv2d, Flatten, Linear, MaxPool2d } from "../nn/index.js";
import { activation, sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count } from "../options/kinds.js";
import { sizeOf } from "../tensor/shape.js";

const LENET5 = declare("lenet5", {
  /** Behind each layer but the last; the paper's is "tanh". Default "relu". */
  activation: activation({ default: "relu" }),
  /** "max" or "average", which is nearer to the paper. Default "max". */
  pooling: choice(["max", "average"], { default: "max" }),
  /** Classes that are told apart. Default 10. */
  classes: count({ default: 10 }),
  /** Extents of one sample, channels first. Default [1, 28, 28]. */
  inputShape: sampleShape({ default: [1, 28, 28], aka: ["inChannels"] }),
});

/** Options of `lenet5`. */
export interface Lenet5Options extends OptionsOf<typeof LENET5> {}

/**
 * LeNet-5 as it is built today: two 5 × 5 convolutions, each with an activation and pooling behind it, and three fully connected layers.
 * 61,706 parameters for digits of 28 × 28. LeCun et al., Proc. IEEE 86, 1998, had learned pooling, some connections left out, and radial
 * basis functions at the end.
 * Shape:     [n, ...inputShape] → logits [n, classes]
 * @param options.activation default "relu"
 * @param options.pooling "max" or "average", default "max"
 * @param options.classes default 10
 * @param options.inputShape default [1, 28, 28]
 * @throws ArgumentError for an unknown option or value, ShapeError for images that are too small
 * @example lenet5().forward(randn([2, 1, 28, 28])).shape   // [2, 10]
 */
export function lenet5(options?: Lenet5Options): Sequential {
  checkArity("lenet5", arguments.length, 1);
  const { activation, pooling, classes, inputShape } = LENET5.readOptions(options);
  const pool = () => (pooling === "max" ? new MaxPool2d(2) : new AvgPool2d(2));
  const model = new Sequential([
    new Conv2d(inputShape[0], 6, 5, { padding: 2, activation, inputShape }),
    pool(),
    new Conv2d(6, 16, 5, { activation }),
    pool(),
    new Flatten(),
  ]);
  const features = sizeOf(model.outputShape([1, ...inputShape]));
  return [
    ...[new Linear(features, 120), new Activation(activation)],
    ...[new Linear(120, 84), new Activation(activation)],
    new Linear(84, classes),
  ].reduce((grown, layer) => grown.add(layer), model);
}
