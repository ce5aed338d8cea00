import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";
import type { OptimizerState } from "./state.js";

/**
 * Checks the form of a saved state: it may come from a file, or from another version. What its options and tensors must be depends on
 * the optimizer, and is checked with its parameters.
 * @param op the name in errors
 * @throws ArgumentError
 */
export function checkForm(op: string, state: unknown): asserts state is OptimizerState {
  const wrong = (name: string, value: unknown, expected: string): ArgumentError =>
    new ArgumentError(message(op, `${name} is ${kindText(value)}; expected ${expected}`));
  const checkWhole = (name: string, value: unknown): void => {
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(name, value, "a whole number ≥ 0");
  };
  const checkParts = (of: string, value: Record<string, unknown>, known: readonly string[]): void => {
    for (const name of Object.keys(value)) if (!known.includes(name)) throw wrong(`"${name}" of ${of}`, value[name], known.join(", "));
  };
  const checkList = (name: string, value: unknown, known: readonly string[]): Record<string, unknown>[] => {
    if (!Array.isArray(value) || !value.every(isPlain)) throw wrong(name, value, "an array of objects");
    for (const [i, one] of value.entries()) checkParts(`${name}[${i}]`, one, known);
    return value;
  };
  if (!isPlain(state)) throw wrong("the state", state, "what stateDict() of an optimizer gave");
  if (Object.keys(state).length === 0) {
    throw new ArgumentError(message(op, "the state is an empty object; expected what stateDict() of an optimizer gave"));
  }
  checkParts("the state", state, PARTS);
  if (typeof state.optimizer !== "string") throw wrong("optimizer", state.optimizer, "a string");
  checkWhole("stepCount", state.stepCount);
  const saved = checkList("parameters", state.parameters, PARAMETER_PARTS);
  for (const [i, { options, parameters, ownsRate = false, lowerings = [] }] of checkList("groups", state.groups, GROUP_PARTS).entries()) {
    if (!isPlain(options)) throw wrong(`groups[${i}].options`, options, "an object");
    if (!Array.isArray(parameters) || !parameters.every((position) => Number.isSafeInteger(position) && position >= 0))
      throw wrong(`groups[${i}].parameters`, parameters, "an array of whole numbers ≥ 0");
    if (typeof ownsRate !== "boolean") throw wrong(`groups[${i}].ownsRate`, ownsRate, "true or false");
    if (!Array.isArray(lowerings) || !lowerings.every(isLowering))
      throw wrong(`groups[${i}].lowerings`, lowerings, "an array of { factor, least }");
  }
  const { numbers = {} } = state;
  if (!isPlain(numbers) || !Object.values(numbers).every((value) => typeof value === "number")) {
    throw wrong("numbers", numbers, "an object of numbers");
  }
  for (const [i, { name, steps, products, states }] of saved.entries()) {
    if (typeof name !== "string") throw wrong(`parameters[${i}].name`, name, "a string");
    checkWhole(`parameters[${i}].steps`, steps);
    if (!Array.isArray(products) || !products.every((product) => typeof product === "number")) {
      throw wrong(`parameters[${i}].products`, products, "an array of numbers");
    }
    if (!isPlain(states)) throw wrong(`parameters[${i}].states`, states, "an object of tensors");
  }
}

function isLowering(value: unknown): boolean {
  return isPlain(value) && [value.factor, value.least].every((one) => typeof one === "number" && one >= 0 && one < Infinity);
}

const PARTS = ["optimizer", "stepCount", "groups", "parameters", "numbers"];
const GROUP_PARTS = ["learningRate", "ownsRate", "lowerings", "options", "parameters"];
const PARAMETER_PARTS = ["name", "steps", "products", "states"];

/**
 * Checks a saved state, and that it is of such an optimizer.
 * @param parameters how many the optimizer has @param groups how many it has
 * @throws ArgumentError
 */
export function checkState(optimizer: string, state: unknown, parameters: number, groups: number): asserts state is OptimizerState {
  checkForm("loadStateDict", state);
  if (state.optimizer !== optimizer) {
    throw new ArgumentError(
      message("loadStateDict", `the state is of ${kindText(state.optimizer)}; this optimizer is ${kindText(optimizer)}`),
    );
  }
  if (state.parameters.length === parameters && state.groups.length === groups) return;
  throw new ArgumentError(
    message(
      "loadStateDict",
      `the state has ${state.parameters.length} parameters in ${state.groups.length} groups; this optimizer ${parameters} in ${groups}`,
    ),
  );
}
