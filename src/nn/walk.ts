import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
/**
 * Visits the fields of a module, and what lies in arrays, plain objects and Maps in them, under names such as "layers.0".
 * `visit` says whether it took the value; what it did not take is looked into.
 */
export function walk(owner: object, visit: (name: string, value: unknown) => boolean): void {
  const entered = new Set<unknown>();
  const enter = (container: unknown, prefix: string): void => {
    if (entered.has(container)) return;
    entered.add(container);
    for (const [key, value] of entriesOf(container)) {
      const name = join(prefix, key);
      if (value === null || typeof value !== "object" || visit(name, value)) continue;
      if (isContainer(value)) enter(value, name);
    }
  };
  enter(owner, "");
}

/** PyTorch's spelling of a field: runningMean → running_mean, weightIhL0 → weight_ih_l0. */
export function stateKey(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The name of what lies inside something: "fc1.weight". */
export function join(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}.${name}`;
}

function entriesOf(container: unknown): Iterable<[string, unknown]> {
  if (isMap(container)) return [...container].map(([key, value]) => [String(key), value]);
  return Object.entries(container as object);
}

function isContainer(value: object): boolean {
  return Array.isArray(value) || isMap(value) || isPlain(value);
}
