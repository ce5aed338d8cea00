import type { CellKind } from "../../ops/recurrentCells.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Cell } from "../recurrent/cell.js";
import { Recurrent } from "../recurrent/layer.js";
import { CELL_OPTIONS, LAYER_OPTIONS, sizesOf } from "../recurrent/options.js";
import { cellShapes, stackShapes } from "../recurrent/parameters.js";

const GATED = declare("GRU", LAYER_OPTIONS, sizesOf("GRU"));
const GATED_CELL = declare("GRUCell", CELL_OPTIONS, sizesOf("GRUCell"));

/** Options of `GRU`. */
export interface GRUOptions extends OptionsOf<typeof GATED> {}

/** Options of `GRUCell`. */
export interface GRUCellOptions extends OptionsOf<typeof GATED_CELL> {}

/**
 * Gated recurrent unit, as torch.nn.GRU: the reset gate is applied behind the product.
 *
 *     a, b = x·Wᵢₕᵀ + bᵢₕ, h·Wₕₕᵀ + bₕₕ; r, z = σ of the first thirds of a + b
 *     n = tanh(aₙ + r·bₙ),  h′ = (1 − z)·n + z·h
 *
 * `forward(x, state, { lengths })` returns { output, last, state }: output at all steps, last behind the last step, and the state to
 * go on with, h. In a Sequential the next layer reads `last`, or with `returnSequences` `output`. Weights and biases start at
 * U(±1/√hiddenSize). Cho et al., EMNLP 2014.
 * Shape:     x [batch, steps, inputSize] → output [batch, steps, directions · size], last [batch, directions · size],
 *            h [layers · directions, batch, size]; weight_ih_l0 [3 · hiddenSize, inputSize], weight_hh_l0 [3 · hiddenSize, size]
 * @param inputSize extent of x at each step; null takes it from the first input
 * @param hiddenSize units
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
 * @example new GRU(3, 8).forward(zeros([2, 5, 3])).output.shape   // [2, 5, 8]
 * @example new Sequential([new GRU(null, 64), new Dense(10)])
 */
export class GRU extends Recurrent<typeof GATED, Tensor> {
  static override readonly declaration = GATED;

  constructor(inputSize: number | null, hiddenSize: number, options?: GRUOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
  }

  static override stateShapes(settings: SettingsOf<typeof GATED>, inputShape: Shape) {
    return stackShapes("gru", settings, inputShape[2]);
  }

  protected get kind(): CellKind {
    return "gru";
  }
}

/**
 * One step of a GRU, as torch.nn.GRUCell: n = tanh(aₙ + r·bₙ), h′ = (1 − z)·n + z·h.
 *
 * It takes the parameters of a GRU of one layer under their names without "_l0".
 * Shape:     x [batch, inputSize], h [batch, hiddenSize]
 * @param inputSize extent of x; null takes it from the first input
 * @param hiddenSize units
 * @param options.bias default true
 * @param options.weightInitializer default null: U(±1/√hiddenSize)
 * @param options.biasInitializer the same
 * @param options.weightPenalty what weights add to the loss, such as l2(1e-4), default what the model says; biasPenalty, default nothing
 * @param options.weightConstraint what becomes of weights behind each step, such as maxNorm(3), default nothing; biasConstraint, too
 * @throws ArgumentError; at forward ShapeError, DTypeError for integers
 * @example const h = new GRUCell(3, 8).forward(zeros([2, 3]));
 */
export class GRUCell extends Cell<typeof GATED_CELL, Tensor> {
  static override readonly declaration = GATED_CELL;

  constructor(inputSize: number | null, hiddenSize: number, options?: GRUCellOptions) {
    super(arguments.length, inputSize, hiddenSize, options);
  }

  static override stateShapes(settings: SettingsOf<typeof GATED_CELL>, inputShape: Shape) {
    const { weightHr, ...shapes } = cellShapes("gru", settings, inputShape[1]);
    return shapes;
  }

  protected get kind(): CellKind {
    return "gru";
  }
}
