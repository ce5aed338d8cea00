import { parseSafetensors, serializeSafetensors, Tensor, tensor } from "../../src/index.js";
import { isPlain } from "../../src/options/plain.js";
import type { SavedState } from "../../src/tensor/savedState.js";

const ARRAYS = { Float32Array, Float64Array, Int32Array, Uint8Array };

/** A state as a file gives it back: text, and the bytes of its tensors and typed arrays. @throws for what is no state */
export function throughFile<T extends SavedState | undefined>(state: T): T {
  const tensors = new Map<string, Tensor>();
  const text = JSON.stringify(written(state, tensors));
  const bytes = serializeSafetensors(tensors);
  return read(JSON.parse(text), parseSafetensors(bytes).tensors) as T;
}

function written(value: unknown, tensors: Map<string, Tensor>): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return [value];
  if (typeof value === "number")
    return [Object.is(value, -0) || !Number.isFinite(value) ? { number: Object.is(value, -0) ? "-0" : String(value) } : value];
  if (Array.isArray(value)) return { list: value.map((one) => written(one, tensors)) };
  if (value instanceof Map) return { map: [...value].map(([name, one]) => [name, written(one, tensors)]) };
  const name = `t${tensors.size}`;
  if (value instanceof Tensor) {
    tensors.set(name, value);
    return { tensor: name };
  }
  const array = Object.entries(ARRAYS).find(([, type]) => value instanceof type)?.[0];
  if (array !== undefined) {
    const bytes = value as Uint8Array;
    tensors.set(
      name,
      tensor(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), { shape: [bytes.byteLength], dtype: "uint8" }),
    );
    return { array, name };
  }
  if (!isPlain(value)) throw new Error(`${String(value)} is no state`);
  return { object: Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, written(one, tensors)]])) };
}

// biome-ignore lint/suspicious/noExplicitAny: what `written` wrote
function read(value: any, tensors: ReadonlyMap<string, Tensor>): unknown {
  if (Array.isArray(value)) return isPlain(value[0]) ? Number(value[0].number) : value[0];
  if (value.list) return value.list.map((one: unknown) => read(one, tensors));
  if (value.map) return new Map(value.map.map(([name, one]: [string, unknown]) => [name, read(one, tensors)]));
  if (value.tensor) return tensors.get(value.tensor);
  if (value.object) return Object.fromEntries(value.object.map(([name, one]: [string, unknown]) => [name, read(one, tensors)]));
  const { buffer } = Uint8Array.from((tensors.get(value.name) as Tensor).data);
  return new ARRAYS[value.array as keyof typeof ARRAYS](buffer);
}
