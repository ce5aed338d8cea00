import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { CellKind } from "../../ops/recurrentCells.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Cell } from "../recurrent/cell.js";
import { Recurrent } from "../recurrent/layer.js";
import { CELL_OPTIONS, LAYER_OPTIONS, sizesOf } from "../recurrent/options.js";
import { cellShapes, stackShapes } from "../recurrent/parameters.js";

const LONG = declare(
  "LSTM",
  {
    /** Extents of h where it is projected, h = (o · tanh c)·W_hrᵀ, below hiddenSize; 0: it is not. Default 0. */
    projSize: number({ default: 0, min: 0, whole: true }),
    ...LAYER_OPTIONS,
  },
  sizesOf("LSTM"),
);
const LONG_CELL = declare("LSTMCell", CELL_OPTIONS, sizesOf("LSTMCell"));

/** Options of `LSTM`. */
export interface LSTMOptions extends OptionsOf<typeof LONG> {}

/** Options of `LSTMCell`. */
export interface LSTMCellOptions extends OptionsOf<typeof LONG_CELL> {}

/**
 * Long short-term memory, as torch.nn.LSTM.
 *
 *     i, f, g, o = the quarters of x·Wᵢₕᵀ + bᵢₕ + h·Wₕₕᵀ + bₕₕ
 *     c′ = σ(f)·c + σ(i)·tanh(g),  h′ = σ(o)·tanh(c′), with projSize times W_hrᵀ
 *
 * `forward(x, state, { lengths })` returns { output, last, state }: output at all steps, last behind the last step, and the state to
 * go on with, [h, c]. In a Sequential the next layer reads `last`, or with `returnSequences` `output`. Weights and biases start at
 * U(±1/√hiddenSize). Hochreiter and Schmidhuber, Neural
 * Computation 9, 1997; with forget gates, Gers et al., 2000.
 * Shape:     x [batch, steps, inputSize] → output [batch, steps, directions · size], last [batch, directions · size],
 *            h and c [layers · directions, batch, size]; weight_ih_l0 [4 · hiddenSize, inputSize], weight_hh_l0 [4 · hiddenSize, size]
 * @param inputSize extent of x at each step; null takes it from the first input
 * @param hiddenSize units
 * @param options.projSize extents of h, below hiddenSize; default 0: those of c
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
 * @example new LSTM(3, 8).forward(zeros([2, 5, 3])).output.shape   // [2, 5, 8]
 * @example new Sequential([new LSTM(null, 64), new Dense(10)])
 */
export class LSTM extends Recurrent<typeof LONG, [Tensor, Tensor]> {
  static override readonly declaration = LONG;

  constructor(inputSize: number | null, hiddenSize: number, options?: LSTMOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
    const { projSize } = this.settings;
    if (projSize >= hiddenSize) {
      throw new ArgumentError(message("LSTM", `projSize is ${projSize}; expected less than hiddenSize, which is ${hiddenSize}`));
    }
  }

  static override stateShapes(settings: SettingsOf<typeof LONG>, inputShape: Shape) {
    return stackShapes("lstm", settings, inputShape[2]);
  }

  protected get kind(): CellKind {
    return "lstm";
  }
}

/**
 * One step of an LSTM, as torch.nn.LSTMCell: c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′).
 *
 * It takes the parameters of a LSTM of one layer under their names without "_l0".
 * Shape:     x [batch, inputSize], h and c [batch, hiddenSize]
 * @param inputSize extent of x; null takes it from the first input
 * @param hiddenSize units
 * @param options.bias default true
 * @param options.weightInitializer default null: U(±1/√hiddenSize)
 * @param options.biasInitializer the same
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError, DTypeError for integers
 * @example const [h, c] = new LSTMCell(3, 8).forward(zeros([2, 3]));
 */
export class LSTMCell extends Cell<typeof LONG_CELL, [Tensor, Tensor]> {
  static override readonly declaration = LONG_CELL;

  constructor(inputSize: number | null, hiddenSize: number, options?: LSTMCellOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
  }

  static override stateShapes(settings: SettingsOf<typeof LONG_CELL>, inputShape: Shape) {
    const { weightHr, ...shapes } = cellShapes("lstm", settings, inputShape[1]);
    return shapes;
  }

  protected get kind(): CellKind {
    return "lstm";
  }
}
