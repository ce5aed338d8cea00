import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { isPlain } from "../options/plain.js";

/**
 * Checks the form of a saved state: it may come from a file, or from another version. What its tensors must be depends on the
 * parameters, and is checked with them.
 * @param parameters how many the optimizer has @param groups how many it has
 * @throws ArgumentError
 */
export function checkState(optimizer: string, state: unknown, parameters: number, groups: number): void {
  if (!isPlain(state)) throw wrong("the state", state, "what stateDict returned");
  if (state.optimizer !== optimizer) {
    throw new ArgumentError(
      message("loadStateDict", `the state is of ${kindText(state.optimizer)}; this optimizer is ${kindText(optimizer)}`),
    );
  }
  checkWhole("stepCount", state.stepCount);
  const saved = checkList("parameters", state.parameters);
  const savedGroups = checkList("groups", state.groups);
  if (saved.length !== parameters || savedGroups.length !== groups) {
    throw new ArgumentError(
      message(
        "loadStateDict",
        `the state has ${saved.length} parameters in ${savedGroups.length} groups; this optimizer ${parameters} in ${groups}`,
      ),
    );
  }
  for (const [i, group] of savedGroups.entries()) {
    if (!isPlain(group.options)) throw wrong(`groups[${i}].options`, group.options, "an object");
  }
  for (const [i, { steps, products, states }] of saved.entries()) {
    checkWhole(`parameters[${i}].steps`, steps);
    if (!Array.isArray(products) || !products.every((product) => typeof product === "number")) {
      throw wrong(`parameters[${i}].products`, products, "an array of numbers");
    }
    if (!isPlain(states)) throw wrong(`parameters[${i}].states`, states, "an object of tensors");
  }
}

function checkList(name: string, value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value) || !value.every(isPlain)) throw wrong(name, value, "an array of objects");
  return value;
}

function checkWhole(name: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(name, value, "a whole number ≥ 0");
}

function wrong(name: string, value: unknown, expected: string): ArgumentError {
  return new ArgumentError(message("loadStateDict", `${name} is ${kindText(value)}; expected ${expected}`));
}
