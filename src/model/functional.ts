import { checkOptions } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { build } from "../nn/forward.js";
import type { Module } from "../nn/module.js";
import { SymbolicTensor } from "../nn/symbolic.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { shapeBehind } from "./shapes.js";

/** The inputs of a functional model, which `input` made, and its outputs, which layers made from them. */
export interface Description {
  inputs: Tensor | readonly Tensor[];
  outputs: Tensor | readonly Tensor[];
}

/** The call of a layer on earlier results. Several steps may call the same layer. */
export interface Step {
  readonly module: Module;
  /** Positions of the operands, counted over the inputs of the model and then over the results of the steps before. */
  readonly operands: readonly number[];
}

/** A functional model as a list of steps in the order of computation. */
export interface Plan {
  readonly inputs: readonly SymbolicTensor[];
  readonly steps: readonly Step[];
  /** Positions of the model's outputs, counted in the same way. */
  readonly outputs: readonly number[];
}

/**
 * Puts the layers between inputs and outputs in the order of computation, and builds lazy layers.
 * @throws ArgumentError if an output depends on an input that is not among the model's inputs
 */
export function planOf(description: Description): Plan {
  checkOptions("Model", description, ["inputs", "outputs"]);
  const inputs = symbols("inputs", description.inputs);
  const positions = new Map<SymbolicTensor, number>(inputs.map((input, i) => [input, i]));
  const steps: Step[] = [];
  const place = (symbol: SymbolicTensor): number => {
    const known = positions.get(symbol);
    if (known !== undefined) return known;
    if (symbol.module === null) {
      throw new ArgumentError(
        message("Model", `an output depends on an input of shape ${shapeText(symbol.shape)} that is not among the model's inputs`),
      );
    }
    const operands = symbol.inputs.map(place);
    steps.push({ module: symbol.module, operands });
    const position = inputs.length + steps.length - 1;
    positions.set(symbol, position);
    return position;
  };
  const plan = { inputs, steps, outputs: symbols("outputs", description.outputs).map(place) };
  shapesOf(
    plan,
    inputs.map(({ shape }) => [1, ...shape]),
    build,
  );
  return plan;
}

/**
 * The shapes of inputs and results, the batch included; null behind a layer that does not tell its output shape.
 * @param visit called with each layer and the shape of its first operand, before the layer is asked for its output shape
 */
export function shapesOf(
  { steps }: Plan,
  inputs: readonly Shape[],
  visit: (module: Module, shape: Shape) => void = () => {},
): (Shape | null)[] {
  const shapes: (Shape | null)[] = [...inputs];
  for (const { module, operands } of steps) {
    const given = operands.map((position) => shapes[position]);
    const known = given.every((shape) => shape !== null);
    if (known) visit(module, given[0] as Shape);
    shapes.push(known ? shapeBehind(module, given as Shape[]) : null);
  }
  return shapes;
}

/** Computes the outputs of a functional model. */
export function runPlan({ inputs, steps, outputs }: Plan, given: readonly Tensor[]): Tensor[] {
  if (given.length !== inputs.length) {
    throw new ArgumentError(message("Model", `${given.length} inputs given; this model has ${inputs.length}`));
  }
  const values: Tensor[] = [...given];
  for (const { module, operands } of steps) values.push(module.forward(...operands.map((position) => values[position])));
  return outputs.map((position) => values[position]);
}

function symbols(what: string, given: Tensor | readonly Tensor[]): SymbolicTensor[] {
  // The declared type is Tensor, because users handle symbolic tensors as tensors.
  const list = [given].flat() as unknown as SymbolicTensor[];
  const wrong = list.findIndex((symbol) => !(symbol instanceof SymbolicTensor));
  if (list.length > 0 && wrong < 0) return list;
  const found = list.length === 0 ? "empty" : kindText(list[wrong]);
  throw new ArgumentError(message("Model", `${what} is ${found}; expected what input() or a layer's forward gave, or a list of such`));
}
