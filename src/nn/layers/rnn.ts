import type { CellKind } from "../../ops/recurrentCells.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { choice } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Cell } from "../recurrent/cell.js";
import { Recurrent } from "../recurrent/layer.js";
import { CELL_OPTIONS, LAYER_OPTIONS, sizesOf } from "../recurrent/options.js";
import { cellShapes, stackShapes } from "../recurrent/parameters.js";

const NONLINEARITY = {
  /** What is applied to the sum: "tanh" or "relu". Default "tanh". */
  nonlinearity: choice(["tanh", "relu"], { default: "tanh", aka: ["activation"] }),
};

const PLAIN = declare("RNN", { ...NONLINEARITY, ...LAYER_OPTIONS }, sizesOf("RNN"));
const PLAIN_CELL = declare("RNNCell", { ...NONLINEARITY, ...CELL_OPTIONS }, sizesOf("RNNCell"));

/** Options of `RNN`. */
export interface RNNOptions extends OptionsOf<typeof PLAIN> {}

/** Options of `RNNCell`. */
export interface RNNCellOptions extends OptionsOf<typeof PLAIN_CELL> {}

/**
 * A plain recurrent layer, as torch.nn.RNN.
 *
 *     h′ = act(x·Wᵢₕᵀ + bᵢₕ + h·Wₕₕᵀ + bₕₕ)
 *
 * `forward(x, state, { lengths })` returns { output, last, state }: output at all steps, last behind the last step, and the state to
 * go on with, h. In a Sequential the next layer reads `last`, or with `returnSequences` `output`. Weights and biases start at
 * U(±1/√hiddenSize). Elman, Cognitive Science 14, 1990.
 * Shape:     x [batch, steps, inputSize] → output [batch, steps, directions · size], last [batch, directions · size],
 *            h [layers · directions, batch, size]; weight_ih_l0 [hiddenSize, inputSize], weight_hh_l0 [hiddenSize, size]
 * @param inputSize extent of x at each step; null takes it from the first input
 * @param hiddenSize units
 * @param options.nonlinearity "tanh" or "relu", default "tanh"
 * @param options.numLayers how many are stacked, default 1
 * @param options.bias default true
 * @param options.batchFirst whether x is [batch, steps, …], default true (PyTorch: false)
 * @param options.dropout probability of dropping between stacked layers, 0 … 1, default 0
 * @param options.bidirectional whether a second direction reads from the end, default false
 * @param options.returnSequences whether a Sequential passes on all steps, default false
 * @param options.inputShape extents of one sample, [steps, inputSize], default those of the first input
 * @param options.weightInitializer default null: U(±1/√hiddenSize)
 * @param options.biasInitializer the same
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError, DTypeError for integers
 * @example new RNN(3, 8).forward(zeros([2, 5, 3])).output.shape   // [2, 5, 8]
 * @example new Sequential([new RNN(null, 64), new Dense(10)])
 */
export class RNN extends Recurrent<typeof PLAIN, Tensor> {
  static override readonly declaration = PLAIN;

  constructor(inputSize: number | null, hiddenSize: number, options?: RNNOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
  }

  static override stateShapes(settings: SettingsOf<typeof PLAIN>, inputShape: Shape) {
    return stackShapes(settings.nonlinearity, settings, inputShape[2]);
  }

  protected get kind(): CellKind {
    return this.settings.nonlinearity;
  }
}

/**
 * One step of a plain recurrent layer, as torch.nn.RNNCell: h′ = act(x·Wᵢₕᵀ + bᵢₕ + h·Wₕₕᵀ + bₕₕ).
 *
 * It takes the parameters of a RNN of one layer under their names without "_l0".
 * Shape:     x [batch, inputSize], h [batch, hiddenSize]
 * @param inputSize extent of x; null takes it from the first input
 * @param hiddenSize units
 * @param options.nonlinearity "tanh" or "relu", default "tanh"
 * @param options.bias default true
 * @param options.weightInitializer default null: U(±1/√hiddenSize)
 * @param options.biasInitializer the same
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError, DTypeError for integers
 * @example const h = new RNNCell(3, 8).forward(zeros([2, 3]));
 */
export class RNNCell extends Cell<typeof PLAIN_CELL, Tensor> {
  static override readonly declaration = PLAIN_CELL;

  constructor(inputSize: number | null, hiddenSize: number, options?: RNNCellOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
  }

  static override stateShapes(settings: SettingsOf<typeof PLAIN_CELL>, inputShape: Shape) {
    const { weightHr, ...shapes } = cellShapes(settings.nonlinearity, settings, inputShape[1]);
    return shapes;
  }

  protected get kind(): CellKind {
    return this.settings.nonlinearity;
  }
}
