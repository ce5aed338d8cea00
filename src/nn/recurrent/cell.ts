import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import type { TensorSpec } from "../../graph/rehearse.js";
import { checkTensor } from "../../ops/operands.js";
import { recur } from "../../ops/recurrent.js";
import { CELLS, type CellKind } from "../../ops/recurrentCells.js";
import type { AnyDeclaration } from "../../options/declare.js";
import { currentSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { checkFloating, checkStateShape, stateOf } from "./operands.js";
import type { CellSettings } from "./options.js";
import { drawParameters } from "./parameters.js";

/** Layers that are one step of a recurrent layer. */
export abstract class Cell<D extends AnyDeclaration, State extends Tensor | readonly Tensor[]> extends Layer<D> {
  weightIh!: Parameter;
  weightHh!: Parameter;
  biasIh!: Parameter | null;
  biasHh!: Parameter | null;
  readonly #seed = currentSeed();

  constructor(given: number, ...args: unknown[]) {
    super(given, ...args);
    const { inputSize } = this.#own;
    if (inputSize !== null) build(this, [1, inputSize]);
  }

  /** The arithmetic. */
  protected abstract get kind(): CellKind;

  get hiddenSize(): number {
    return this.#own.hiddenSize;
  }

  override build(inputShape: Shape): void {
    this.#check(inputShape);
    const shapes = this.stateShapesFor(inputShape) as Record<string, Shape | null>;
    Object.assign(this, drawParameters(this.op, shapes, this.#own, this.#seed));
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight_ih");
    return weight?.rank === 2 ? [1, weight.shape[1]] : null;
  }

  /**
   * One step.
   * Shape:     x [batch, inputSize], h and c [batch, hiddenSize]
   * @param state before the step, default zeros
   * @returns the state behind it: h, or an LSTM's [h, c]
   * @throws ShapeError, DTypeError for integers, ArgumentError
   */
  forward(x: Tensor, state?: State | null): State {
    checkTensor(this.op, "x", x);
    checkFloating(this.op, x.dtype);
    this.#check(x.shape);
    const before = stateOf(this.op, state, this.#stateShapes(x.shape[0]));
    const { weightIh, weightHh, biasIh, biasHh } = this;
    const weights = { weightIh, weightHh, biasIh, biasHh, weightHr: null };
    const { state: after } = recur(x.unsqueeze(0), weights, before, null, { kind: this.kind, reverse: false });
    return this.#stateFrom(after);
  }

  /** What a Sequential passes on: h. */
  override passedOn(state: State): Tensor {
    return ([state].flat() as Tensor[])[0];
  }

  /** @internal */
  override argumentsOf([x, ...state]: readonly Tensor[]): unknown[] {
    return [x, state.length === 0 ? null : this.#stateFrom(state)];
  }

  /** @internal */
  override operandsIn([x, state]: readonly unknown[]): unknown[] {
    return [x, ...(state == null ? [] : [state].flat())];
  }

  /** @internal */
  override resultSpecs([x, ...state]: readonly TensorSpec[]): TensorSpec[] {
    checkFloating(this.op, x.dtype);
    this.#check(x.shape);
    const shapes = this.#stateShapes(x.shape[0]);
    for (const [i, { shape }] of state.entries()) checkStateShape(this.op, i, shape, shapes[i]);
    return shapes.map((shape) => ({ shape, dtype: x.dtype }));
  }

  protected override resultShape(inputShape: Shape): Shape {
    return this.resultSpecs([{ shape: inputShape, dtype: "float32" }])[0].shape;
  }

  get #own(): CellSettings {
    return this.settings as unknown as CellSettings;
  }

  #stateShapes(batch: number): Shape[] {
    return Array.from({ length: CELLS[this.kind].states }, () => [batch, this.hiddenSize]);
  }

  #stateFrom(tensors: readonly Tensor[]): State {
    return (CELLS[this.kind].states === 2 ? tensors : tensors[0]) as State;
  }

  /** @throws ShapeError */
  #check(shape: Shape): void {
    const [, size] = shape;
    const expected = this.#own.inputSize ?? this.builtFor?.[1];
    if (shape.length === 2 && size > 0 && (expected === undefined || size === expected)) return;
    const wanted = shapeText(["batch", expected ?? "inputSize"]);
    const mend = shape.length === 3 ? "A cell takes one step; RNN, LSTM and GRU take a sequence." : undefined;
    throw new ShapeError(message(this.op, `x has shape ${shapeText(shape)}; expected ${wanted}`, mend));
  }
}
