import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { DType, NumberArray } from "../memory/views.js";
import { isMap, tagOf } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import type { SavedState } from "../tensor/savedState.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { FileError } from "./error.js";

/**
 * A state as JSON and tensors. What JSON has no form for becomes an object of one entry whose key begins with "#": `{"#number": "NaN"}`,
 * `{"#tensor": name}`, `{"#array": name}` for a typed array, `{"#map": [[key, value], …]}`, and `{"#object": […]}` for an object that
 * would be taken for one of these.
 */
export interface Packed {
  readonly json: unknown;
  readonly tensors: Map<string, Tensor>;
}

const MARK = "#";

/** The typed arrays that a state may hold, by their names. */
const ARRAYS: Readonly<Record<string, DType>> = {
  Float32Array: "float32",
  Float64Array: "float64",
  Int32Array: "int32",
  Uint8Array: "uint8",
};

/** The deepest nesting of a state. */
const MOST_LEVELS = 64;

/**
 * @param op name of the calling function, with which errors begin
 * @param prefix what the names of the tensors begin with, in front of their place in the state
 * @throws ArgumentError for what is no state, naming its place
 */
export function pack(op: string, state: unknown, prefix: string): Packed {
  const tensors = new Map<string, Tensor>();
  const add = (place: string, tensor: Tensor): string => {
    let name = prefix + place;
    for (let i = 2; tensors.has(name); i++) name = `${prefix}${place}~${i}`;
    tensors.set(name, tensor);
    return name;
  };
  const enter = (value: unknown, place: string, level: number): unknown => {
    if (level > MOST_LEVELS) throw new ArgumentError(message(op, `the state at ${place} is nested more than ${MOST_LEVELS} deep`));
    const inside = (key: string | number, one: unknown): unknown => enter(one, place === "" ? String(key) : `${place}.${key}`, level + 1);
    if (value === null || typeof value === "boolean" || typeof value === "string") return value;
    if (typeof value === "number") {
      const isJson = Number.isFinite(value) && !Object.is(value, -0);
      return isJson ? value : { "#number": Object.is(value, -0) ? "-0" : String(value) };
    }
    if (value instanceof Tensor) return { "#tensor": add(place, value) };
    if (Object.hasOwn(ARRAYS, tagOf(value))) {
      const array = value as NumberArray;
      return { "#array": add(place, new Tensor(dataStorage(ARRAYS[tagOf(value)], array, op), [array.length])) };
    }
    if (Array.isArray(value)) return value.map((one, i) => inside(i, one));
    if (isMap(value)) return { "#map": [...value].map(([key, one]) => [inside("key", key), inside(String(key), one)]) };
    if (!isPlain(value)) {
      const expected = "numbers, texts, booleans, null, tensors, typed arrays, and lists, plain objects and Maps of these";
      throw new ArgumentError(message(op, `the state at ${place || "its top"} is ${kindText(value)}; expected ${expected}`));
    }
    const entries = Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, inside(key, one)] as const]));
    if (entries.some(([key]) => key.startsWith(MARK) || key === "__proto__")) return { "#object": entries };
    return Object.fromEntries(entries);
  };
  return { json: enter(state, "", 0), tensors };
}

/** The state that was packed. @throws FileError for what `pack` does not make */
export function unpack(op: string, packed: unknown, tensors: ReadonlyMap<string, Tensor>): SavedState {
  const damaged = (what: string): FileError => new FileError(message(op, `the state in the file is damaged: ${what}`));
  const tensorOf = (name: unknown): Tensor => {
    const found = typeof name === "string" ? tensors.get(name) : undefined;
    if (found === undefined) throw damaged(`the tensor ${kindText(name)} is missing`);
    return found;
  };
  const pairs = (list: unknown, level: number): [SavedState, SavedState][] => {
    if (!Array.isArray(list)) throw damaged(`it has ${kindText(list)} for a list of pairs`);
    return list.map((pair: unknown) => {
      if (!Array.isArray(pair) || pair.length !== 2) throw damaged(`it has ${kindText(pair)} for a pair`);
      return [leave(pair[0], level + 1), leave(pair[1], level + 1)];
    });
  };
  const leave = (value: unknown, level: number): SavedState => {
    if (level > 2 * MOST_LEVELS) throw damaged("it is nested too deep");
    if (value === null || typeof value !== "object") return value as SavedState;
    if (Array.isArray(value)) return value.map((one) => leave(one, level + 1));
    const entries = Object.entries(value);
    const [key, content] = entries.length === 1 ? entries[0] : ["", undefined];
    if (!key.startsWith(MARK)) return Object.fromEntries(entries.map(([name, one]) => [name, leave(one, level + 1)]));
    switch (key) {
      case "#number":
        if (!["NaN", "Infinity", "-Infinity", "-0"].includes(content)) throw damaged(`${kindText(content)} is no number`);
        return Number(content);
      case "#tensor":
        return tensorOf(content);
      case "#array":
        return tensorOf(content).data;
      case "#map":
        return new Map(pairs(content, level) as [string, SavedState][]);
      case "#object":
        return Object.fromEntries(pairs(content, level) as [string, SavedState][]);
      default:
        throw damaged(`${kindText(key)} is no kind of value`);
    }
  };
  return leave(packed, 0);
}
