import { checkOptions } from "../errors/check.js";
import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import type { TensorSpec } from "../graph/rehearse.js";
import { isLibraryLayer } from "../nn/architecture.js";
import { build } from "../nn/forward.js";
import type { Module } from "../nn/module.js";
import { BATCHES, SymbolicTensor } from "../nn/symbolic.js";
import { isPlain } from "../options/plain.js";
import { chooseMend } from "../tensor/check.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { specsBehind } from "./shapes.js";

/**
 * The inputs of a functional model, which `input` made, and its outputs, which layers made from them. An object gives outputs names, by
 * which `compile` is told their losses and the history lists them.
 */
export interface Description {
  inputs: Tensor | readonly Tensor[];
  outputs: Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;
}

/** The call of a layer on earlier results. Several steps may call the same layer. */
export interface Step {
  readonly module: Module;
  /** Positions of the operands, counted over the inputs of the model and then over the results of the steps before. */
  readonly operands: readonly number[];
  /** How many results it has, each with a position of its own. */
  readonly results: number;
}

/** A functional model as a list of steps in the order of computation. */
export interface Plan {
  readonly inputs: readonly SymbolicTensor[];
  readonly steps: readonly Step[];
  /** Positions of the model's outputs, counted in the same way. */
  readonly outputs: readonly number[];
  /** Names of the outputs; null where they were given none. */
  readonly outputNames: readonly string[] | null;
}

/**
 * Puts the layers between inputs and outputs in the order of computation, and builds lazy layers.
 * @throws ArgumentError if an output depends on an input that is not among the model's inputs, ShapeError for one without samples
 */
export function planOf(description: Description): Plan {
  checkOptions("Model", description, ["inputs", "outputs"]);
  const inputs = symbols("inputs", description.inputs);
  const outputNames = isPlain(description.outputs) ? Object.keys(description.outputs).map(checkName) : null;
  const told = isPlain(description.outputs) ? Object.values(description.outputs) : description.outputs;
  const outputs = symbols("outputs", told, chooseMend(description.outputs));
  for (const input of inputs) checkInput(input, inputs);
  for (const output of outputs) checkSamples(output);
  const positions = new Map<SymbolicTensor, number>(inputs.map((input, i) => [input, i]));
  let count = inputs.length;
  const steps: Step[] = [];
  // No recursion: a chain may be longer than the stack.
  const waiting = [...outputs].reverse();
  for (let symbol = waiting.at(-1); symbol !== undefined; symbol = waiting.at(-1)) {
    if (positions.has(symbol)) {
      waiting.pop();
      continue;
    }
    const { call } = symbol;
    if (call === null) throw foreignInput(symbol);
    const before = call.inputs.filter((operand) => !positions.has(operand));
    if (before.length > 0) {
      waiting.push(...before.reverse());
      continue;
    }
    steps.push({
      module: call.module,
      operands: call.inputs.map((operand) => positions.get(operand) as number),
      results: call.results.length,
    });
    for (const result of call.results) positions.set(result, count++);
  }
  const plan = { inputs, steps, outputs: outputs.map((output) => positions.get(output) as number), outputNames };
  specsOf(plan, specsOfInputs(plan, 1), build);
  return plan;
}

/** The shapes and types of a model's inputs for a number of samples. */
export function specsOfInputs({ inputs }: Plan, batch: number): TensorSpec[] {
  return inputs.map(({ shape, dtype }) => ({ shape: [batch, ...shape.slice(1)], dtype }));
}

/**
 * The shapes, the batch included, and types of inputs and results; null behind a layer that does not tell its output shape.
 * @param visit called with each layer and the shape of its first operand, before the layer is asked for its output shape
 */
export function specsOf(
  { steps }: Plan,
  inputs: readonly TensorSpec[],
  visit: (module: Module, shape: Shape) => void = () => {},
): (TensorSpec | null)[] {
  const specs: (TensorSpec | null)[] = [...inputs];
  for (const { module, operands, results } of steps) {
    const given = operands.map((position) => specs[position]);
    const known = given.every((spec) => spec !== null);
    if (known) visit(module, (given[0] as TensorSpec).shape);
    specs.push(...((known ? specsBehind(module, given as TensorSpec[]) : null) ?? new Array<null>(results).fill(null)));
  }
  return specs;
}

/** Computes the outputs of a functional model. */
export function runPlan(plan: Plan, given: readonly Tensor[]): Tensor[] {
  checkCount(given.length, plan);
  const { steps, outputs } = plan;
  const values: Tensor[] = [...given];
  for (const { module, operands } of steps) {
    const result = module.forward(...module.argumentsOf(operands.map((position) => values[position])));
    values.push(...module.resultsIn(result));
  }
  return outputs.map((position) => values[position]);
}

/** @throws ArgumentError unless as many inputs are given as the model has */
export function checkCount(given: number, { inputs }: Plan): void {
  if (given === inputs.length) return;
  throw new ArgumentError(message("Model", `${given} inputs given; this model has ${inputs.length}`));
}

/** What stands as an input may be made of others, but has to be samples. */
function checkInput(input: SymbolicTensor, inputs: readonly SymbolicTensor[]): void {
  const { shape } = input;
  if (inputs.indexOf(input) !== inputs.lastIndexOf(input)) {
    throw new ArgumentError(message("Model", `an input of shape ${shapeText(shape)} stands twice among the inputs; expected it once`));
  }
  if (shape[0] === -1 && !shape.slice(1).includes(-1)) return;
  throw new ShapeError(message("Model", `an input has shape ${shapeText(shape)}; expected −1, the samples, as its first extent only`));
}

/** What is computed for all samples at once cannot be an output: outputs are computed batch by batch, and joined. */
function checkSamples({ call, shape, shapes }: SymbolicTensor): void {
  if (call === null || !isLibraryLayer(call.module) || BATCHES.every((batch, i) => shapes[i][0] === batch)) return;
  throw new ShapeError(message("Model", `an output has shape ${shapeText(shape)}; expected the samples along the first axis, [-1, …]`));
}

function foreignInput({ shape }: SymbolicTensor): ArgumentError {
  const text = shapeText(shape.slice(1));
  return new ArgumentError(message("Model", `an output depends on an input of shape ${text} that is not among the model's inputs`));
}

/** Figures begin with the names of outputs: digitLoss. An object with a `name` tells a loss, not an output. */
function checkName(name: string): string {
  if (/^[A-Za-z]\w*$/.test(name) && name !== "name") return name;
  const problem = `an output is called ${JSON.stringify(name)}; expected letters, digits and _, a letter first, and not "name"`;
  throw new ArgumentError(message("Model", problem));
}

function symbols(what: string, given: Tensor | readonly Tensor[], mend?: string): SymbolicTensor[] {
  // The declared type is Tensor, because users handle symbolic tensors as tensors.
  const list = [given].flat() as unknown as SymbolicTensor[];
  const wrong = list.findIndex((symbol) => !(symbol instanceof SymbolicTensor));
  if (list.length > 0 && wrong < 0) return list;
  const found = list.length === 0 ? "empty" : kindText(list[wrong]);
  const expected = "expected what input(), a layer's forward or an operation on these gave, or a list of such";
  throw new ArgumentError(message("Model", `${what} is ${found}; ${expected}`, mend));
}
