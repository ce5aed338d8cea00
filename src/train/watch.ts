import { place } from "../nn/forward.js";
import { Module } from "../nn/module.js";
import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";

/** A list, a Map or an object as it was found. */
interface Seen {
  readonly holder: object;
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
  /** Of a module: fields that its class lets change. */
  readonly moving: readonly string[];
}

/** The modules of a model with their fields, as they are now: what a captured step of the model depends on and anybody may change. */
export class Watch {
  readonly modules: readonly Module[];
  readonly #seen: Seen[] = [];
  /** Modules that say themselves what is below them. */
  readonly #own: { readonly module: Module; readonly children: Seen }[] = [];

  constructor(model: Module) {
    // Otherwise the first forward would do it.
    place(model);
    this.modules = [...model.namedModules().values()];
    const entered = new Set<object>(this.modules);
    for (const module of this.modules) {
      this.#enter(module, entered);
      this.#seen.push(seen(module.hooks.hidden));
      if (module.children !== Module.prototype.children) this.#own.push({ module, children: seen(module.children()) });
    }
  }

  /** Whether everything is still as it was. */
  get holds(): boolean {
    for (let i = 0; i < this.#seen.length; i++) if (!isSame(this.#seen[i].holder, this.#seen[i])) return false;
    for (let i = 0; i < this.#own.length; i++) if (!isSame(this.#own[i].module.children(), this.#own[i].children)) return false;
    return true;
  }

  /** A module or a container in it, and the containers in that, as `children` looks for modules. */
  #enter(holder: object, entered: Set<object>): void {
    const found = seen(holder);
    this.#seen.push(found);
    for (const value of found.values) {
      if (value === null || typeof value !== "object" || entered.has(value) || !isContainer(value)) continue;
      entered.add(value);
      this.#enter(value, entered);
    }
  }
}

function seen(holder: object): Seen {
  if (Array.isArray(holder)) return { holder, keys: [], values: [...holder], moving: [] };
  if (isMap(holder)) return { holder, keys: [...holder.keys()], values: [...holder.values()], moving: [] };
  const keys = Object.keys(holder);
  const moving = holder instanceof Module ? (holder.constructor as typeof Module).moving : [];
  return { holder, keys, values: keys.map((key) => (holder as Record<string, unknown>)[key]), moving };
}

function isSame(holder: object, { keys, values, moving }: Seen): boolean {
  if (Array.isArray(holder)) {
    if (holder.length !== values.length) return false;
    for (let i = 0; i < values.length; i++) if (!Object.is(holder[i], values[i])) return false;
    return true;
  }
  if (isMap(holder)) {
    if (holder.size !== values.length) return false;
    let i = 0;
    for (const [key, value] of holder) {
      if (!Object.is(key, keys[i]) || !Object.is(value, values[i])) return false;
      i++;
    }
    return true;
  }
  const now = Object.keys(holder);
  if (now.length !== keys.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const key = now[i];
    if (key !== keys[i]) return false;
    if (!Object.is((holder as Record<string, unknown>)[key], values[i]) && !moving.includes(key)) return false;
  }
  return true;
}

function isContainer(value: object): boolean {
  return Array.isArray(value) || isMap(value) || isPlain(value);
}
