import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkForm } from "../optim/savedState.js";
import type { OptimizerState } from "../optim/state.js";
import { checkArity } from "../options/arity.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Path } from "./node.js";
import { parseSafetensors, safetensorsFile, wholeFile } from "./safetensors.js";
import { withTensorFile } from "./tensorFile.js";
import { writeFile } from "./write.js";

/**
 * The state of an optimizer as a safetensors file: the moments of parameter i are tensors `parameters.i.NAME`; all else, which is plain
 * JSON, stands in the metadata. What the parts must be is checked where an optimizer takes the state over.
 */

/** The name of the metadata. */
const KEY = "simdgrad.optimizer";

/**
 * Writes the state of an optimizer to a safetensors file, whole or not at all; `loadOptimizerState` reads it.
 * @param path path of the file, or a file: URL
 * @param state what `stateDict` of the optimizer gave
 * @throws ArgumentError for anything but such a state; FileError that says why the file cannot be written
 * @example await saveOptimizerState("adam.safetensors", optimizer.stateDict());
 */
export async function saveOptimizerState(path: Path, state: OptimizerState): Promise<void> {
  const op = "saveOptimizerState";
  checkArity(op, arguments.length, 2);
  await writeFile(path, safetensorsFile(op, ...contentOf(op, state)).pieces, op);
}

/**
 * Reads the state of an optimizer from a file that `saveOptimizerState` wrote.
 * @param path path of the file, or a file: URL
 * @throws ArgumentError where the file holds no state of an optimizer, and every error of the strict reader
 * @example
 * await saveOptimizerState("adam.safetensors", optimizer.stateDict());
 * optimizer.loadStateDict(await loadOptimizerState("adam.safetensors"));
 */
export async function loadOptimizerState(path: Path): Promise<OptimizerState> {
  const op = "loadOptimizerState";
  checkArity(op, arguments.length, 1);
  return withTensorFile(path, op, async (file) => stateOf(op, await file.tensors(), file.metadata));
}

/**
 * The bytes that `saveOptimizerState` writes, for platforms without files and for other threads.
 * @throws ArgumentError for anything but the state of an optimizer
 * @example const bytes = serializeOptimizerState(optimizer.stateDict());
 */
export function serializeOptimizerState(state: OptimizerState): Uint8Array {
  const op = "serializeOptimizerState";
  checkArity(op, arguments.length, 1);
  return wholeFile(op, safetensorsFile(op, ...contentOf(op, state)));
}

/**
 * The state of an optimizer from the bytes that `serializeOptimizerState` gave.
 * @throws ArgumentError where the bytes hold no state of an optimizer, and every error of the strict reader
 * @example optimizer.loadStateDict(parseOptimizerState(serializeOptimizerState(optimizer.stateDict())));
 */
export function parseOptimizerState(bytes: Uint8Array | ArrayBuffer): OptimizerState {
  const op = "parseOptimizerState";
  checkArity(op, arguments.length, 1);
  const { tensors, metadata } = parseSafetensors(bytes, op);
  return stateOf(op, tensors, metadata);
}

/** The tensors and the metadata of the file. */
function contentOf(op: string, state: unknown): [Map<string, Tensor>, Record<string, string>] {
  checkForm(op, state);
  const tensors = new Map<string, Tensor>();
  const parameters = state.parameters.map(({ states, ...rest }, i) => {
    for (const [name, value] of Object.entries(states)) tensors.set(nameOf(i, name), value);
    return { ...rest, states: Object.keys(states) };
  });
  return [tensors, { [KEY]: JSON.stringify({ ...state, parameters }) }];
}

function stateOf(op: string, tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>>): OptimizerState {
  if (!Object.hasOwn(metadata, KEY)) {
    throw new ArgumentError(message(op, "the file holds no state of an optimizer", "Give one that saveOptimizerState wrote."));
  }
  const damaged = (what: string) => new ArgumentError(message(op, `the state in the file is damaged: ${what}`));
  let state: unknown;
  try {
    state = JSON.parse(metadata[KEY]);
  } catch {
    throw damaged("it is no JSON");
  }
  if (!isPlain(state) || !Array.isArray(state.parameters)) throw damaged(`it is ${kindText(state)}; expected an object with parameters`);
  const parameters = state.parameters.map((one: unknown, i) => {
    if (!isPlain(one) || !Array.isArray(one.states)) throw damaged(`parameters[${i}] is ${kindText(one)}; expected an object with states`);
    const states = one.states.map((name: unknown) => {
      const found = tensors.get(nameOf(i, name));
      if (found === undefined) throw damaged(`the tensor ${kindText(nameOf(i, name))} is missing`);
      return [name, found] as const;
    });
    return { ...one, states: Object.fromEntries(states) };
  });
  return { ...state, parameters } as unknown as OptimizerState;
}

function nameOf(parameter: number, state: unknown): string {
  return `parameters.${parameter}.${String(state)}`;
}
