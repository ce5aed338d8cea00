import { checkOptions } from "../../errors/check.js";
import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { note } from "../../errors/note.js";
import type { Parameter } from "../../graph/parameter.js";
import type { TensorSpec } from "../../graph/rehearse.js";
import { concat, stack } from "../../ops/joining.js";
import { checkTensor } from "../../ops/operands.js";
import { type Recurred, recur } from "../../ops/recurrent.js";
import { CELLS, type CellKind, type CellWeights } from "../../ops/recurrentCells.js";
import type { AnyDeclaration } from "../../options/declare.js";
import { currentSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { Dropout } from "../layers/dropout.js";
import { type Lengths, lengthsOf } from "./lengths.js";
import { checkFloating, checkStateShape, stateOf } from "./operands.js";
import type { LayerSettings } from "./options.js";
import { directionsOf, drawParameters, outputSize, suffixOf } from "./parameters.js";

/** Options of a recurrent layer's forward. */
export interface SequenceOptions {
  /** How many steps of each sample count, 1 … steps; what stands behind them is padding. Default: all. */
  lengths?: Lengths;
}

/** What a recurrent layer computes. Each tensor is made when it is first read. */
export interface Sequence<State> {
  /** The last layer's outputs at all steps, both directions beside each other. */
  readonly output: Tensor;
  /** The last layer's outputs of each direction behind its last step, [batch, directions · size]. */
  readonly last: Tensor;
  /** The state behind the last step of each layer and direction, [layers · directions, batch, size]: h, or an LSTM's [h, c]. */
  readonly state: State;
}

/** Layers that run a cell over a sequence. */
export abstract class Recurrent<D extends AnyDeclaration, State extends Tensor | readonly Tensor[]> extends Layer<D> {
  readonly inputShape: Shape | undefined = this.own.inputShape;
  /** Falls on what lies between stacked layers. */
  readonly #between: Dropout | null;
  /** Initial values depend on the seed at the layer's construction, though the weights are made later. */
  readonly #seed = currentSeed();

  constructor(given: number, ...args: unknown[]) {
    super(given, ...args);
    const { dropout, numLayers, inputSize } = this.own;
    this.#between = dropout > 0 && numLayers > 1 ? this.register("between", new Dropout(dropout)) : null;
    if (dropout > 0 && numLayers === 1) {
      note(message(this.op, `dropout ${dropout} falls between stacked layers, of which there is 1`, "Put a Dropout behind the layer."));
    }
    if (this.inputShape !== undefined) build(this, [1, ...this.inputShape]);
    else if (inputSize !== null) build(this, [1, 1, inputSize]);
  }

  /** The cell that runs. */
  protected abstract get kind(): CellKind;

  get hiddenSize(): number {
    return this.own.hiddenSize;
  }

  override build(inputShape: Shape): void {
    this.#extents(inputShape);
    const shapes = this.stateShapesFor(inputShape) as Record<string, Shape | null>;
    Object.assign(this, drawParameters(this.op, shapes, this.own, this.#seed));
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight_ih_l0");
    return weight?.rank === 2 ? [1, 1, weight.shape[1]] : null;
  }

  /** A layer that was built for its input's size takes any number of steps. */
  override expects(): Shape | null {
    return this.inputShape ?? null;
  }

  /**
   * Runs over a sequence.
   * Shape:     x [batch, steps, inputSize], with batchFirst: false [steps, batch, inputSize]; state [layers · directions, batch, size]
   * @param state before the first step, as the call before returned it; null: zeros
   * @param options.lengths how many steps of each sample count, default all: the state is that behind the last of them, outputs beside
   *        them are 0, and the other direction begins there, as with torch's packed sequences
   * @returns output, last and state
   * @throws ShapeError, DTypeError for integers, ArgumentError
   */
  forward(x: Tensor, state?: State | null, options?: SequenceOptions): Sequence<State> {
    checkTensor(this.op, "x", x);
    checkFloating(this.op, x.dtype);
    if (options !== undefined) checkOptions(this.op, options, ["lengths"]);
    const { batch, steps } = this.#extents(x.shape);
    const before = stateOf(this.op, state, this.#stateShapes(batch));
    const lengths = options?.lengths === undefined ? null : lengthsOf(this.op, options.lengths, batch, steps);
    return this.#sequence(this.#run(this.own.batchFirst ? x.transpose(0, 1) : x, before, lengths));
  }

  /** What a Sequential passes on: `output` with returnSequences, else `last`. */
  override passedOn(result: Sequence<State>): Tensor {
    return this.own.returnSequences ? result.output : result.last;
  }

  /** @internal */
  override resultOf(results: readonly Tensor[]): Sequence<State> {
    const [output, last, ...state] = results;
    return { output, last, state: this.#stateFrom(state) };
  }

  /** @internal */
  override resultsIn({ output, last, state }: Sequence<State>): Tensor[] {
    return [output, last, ...([state].flat() as Tensor[])];
  }

  /** @internal lengths are told from the tensors of a state by their one axis */
  override argumentsOf(operands: readonly Tensor[]): unknown[] {
    const [x, ...others] = operands;
    const lengths = others.at(-1)?.rank === 1 ? others.pop() : undefined;
    const state = others.length === 0 ? null : this.#stateFrom(others);
    return [x, state, ...(lengths === undefined ? [] : [{ lengths }])];
  }

  /** @internal */
  override operandsIn([x, state, options]: readonly unknown[]): unknown[] {
    const lengths = (options as SequenceOptions | undefined)?.lengths;
    return [x, ...(state == null ? [] : [state].flat()), ...(lengths === undefined ? [] : [lengths])];
  }

  /** @internal */
  override resultSpecs([x, ...others]: readonly TensorSpec[]): TensorSpec[] {
    checkFloating(this.op, x.dtype);
    const { batch, steps } = this.#extents(x.shape);
    const width = this.#width;
    const states = this.#stateShapes(batch);
    others.filter(({ shape }) => shape.length !== 1).forEach(({ shape }, i) => void checkStateShape(this.op, i, shape, states[i]));
    const output = this.own.batchFirst ? [batch, steps, width] : [steps, batch, width];
    return [output, [batch, width], ...states].map((shape) => ({ shape, dtype: x.dtype }));
  }

  protected override resultShape(inputShape: Shape): Shape {
    const [output, last] = this.resultSpecs([{ shape: inputShape, dtype: "float32" }]);
    return this.own.returnSequences ? output.shape : last.shape;
  }

  protected get own(): LayerSettings {
    return this.settings as unknown as LayerSettings;
  }

  get #width(): number {
    return directionsOf(this.own) * outputSize(this.own);
  }

  /** @throws ShapeError */
  #extents(shape: Shape): { batch: number; steps: number } {
    const { batchFirst, inputSize } = this.own;
    const [first, second, size] = shape;
    const expected = inputSize ?? this.builtFor?.[2];
    const [batch, steps] = batchFirst ? [first, second] : [second, first];
    if (shape.length === 3 && steps > 0 && size > 0 && (expected === undefined || size === expected)) return { batch, steps };
    const axes = batchFirst ? ["batch", "steps"] : ["steps", "batch"];
    const mend = shape.length === 2 ? `x.unsqueeze(${batchFirst ? 0 : 1}) is a batch of one sequence.` : undefined;
    const wanted = shapeText([...axes, expected ?? "inputSize"]);
    throw new ShapeError(message(this.op, `x has shape ${shapeText(shape)}; expected ${wanted}, at least one step`, mend));
  }

  #stateShapes(batch: number): Shape[] {
    const { numLayers, hiddenSize } = this.own;
    const rows = numLayers * directionsOf(this.own);
    const h = [rows, batch, outputSize(this.own)];
    return CELLS[this.kind].states === 2 ? [h, [rows, batch, hiddenSize]] : [h];
  }

  #stateFrom(tensors: readonly Tensor[]): State {
    return (CELLS[this.kind].states === 2 ? tensors : tensors[0]) as State;
  }

  /** Runs all layers, bottom first. @param x [steps, batch, in] @returns for each layer what each of its directions made */
  #run(x: Tensor, before: readonly Tensor[] | null, lengths: Tensor | null): Recurred[][] {
    const { numLayers } = this.own;
    const directions = directionsOf(this.own);
    const layers: Recurred[][] = [];
    let input = x;
    for (let layer = 0; layer < numLayers; layer++) {
      const made = Array.from({ length: directions }, (_, direction) => {
        const state = before?.map((tensor) => tensor.slice([layer * directions + direction])) ?? null;
        return recur(input, this.#weights(layer, direction), state, lengths, { kind: this.kind, reverse: direction === 1 });
      });
      layers.push(made);
      if (layer === numLayers - 1) break;
      input = beside(made.map(({ output }) => output));
      input = this.#between?.forward(input) ?? input;
    }
    return layers;
  }

  #weights(layer: number, direction: number): CellWeights {
    const fields = this as unknown as Record<string, Parameter | null>;
    const of = (name: keyof CellWeights): Parameter | null => fields[name + suffixOf(layer, direction)];
    return {
      weightIh: of("weightIh") as Parameter,
      weightHh: of("weightHh") as Parameter,
      biasIh: of("biasIh"),
      biasHh: of("biasHh"),
      weightHr: of("weightHr"),
    };
  }

  #sequence(layers: readonly (readonly Recurred[])[]): Sequence<State> {
    const { batchFirst } = this.own;
    const top = layers[layers.length - 1];
    const all = layers.flat();
    const stateFrom = (): State =>
      this.#stateFrom(
        Array.from({ length: CELLS[this.kind].states }, (_, i) =>
          stack(
            all.map(({ state }) => state[i]),
            0,
          ),
        ),
      );
    const output = once(() => {
      const joined = beside(top.map((made) => made.output));
      return batchFirst ? joined.transpose(0, 1) : joined;
    });
    const last = once(() => beside(top.map(({ state }) => state[0])));
    const state = once(stateFrom);
    // Getters, so that a step pays for no tensor that nobody reads.
    return {
      get output() {
        return output();
      },
      get last() {
        return last();
      },
      get state() {
        return state();
      },
    };
  }
}

/** Both directions beside each other. */
function beside(parts: readonly Tensor[]): Tensor {
  return parts.length === 1 ? parts[0] : concat(parts, -1);
}

/** A function that computes at its first call. */
function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}
