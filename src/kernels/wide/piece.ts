import { isShared } from "../../memory/memory.js";
import type { Exports } from "../piece.js";
import { compilingWide } from "./flags.js";

/** A custom section of this name: V8 hands out one native module for equal bytes, and wide code must not be that of narrow modules. */
const SECTION = [0, 5, 4, ...new TextEncoder().encode("wide")];

/** A module of its own for what is compiled wide. */
export function wideModule(code: Uint8Array): WebAssembly.Module {
  const bytes = new Uint8Array(code.length + SECTION.length);
  bytes.set(code);
  bytes.set(SECTION, code.length);
  return new WebAssembly.Module(bytes as BufferSource);
}

/** Any function of a module. */
type Function = (...args: number[]) => unknown;

/**
 * The kernels of a piece that were compiled wide.
 *
 * V8 compiles a function at its first call, for all instances of its module. So each function of a kernel is called once, with zeros,
 * in an instance over a memory of its own, where it can do no harm.
 */
export class WidePiece {
  /** The kernels, wide once they were compiled. */
  readonly exports: Exports;
  /** Where the functions of the wide module begin in the table. */
  readonly first: number;
  readonly #inner: Readonly<Record<string, readonly number[]>>;
  readonly #apart: Record<string, Function>;
  readonly #compiled = new Set<string>();

  constructor(module: WebAssembly.Module, { exports, first }: Placed, inner: Readonly<Record<string, readonly number[]>>) {
    this.exports = exports;
    this.first = first;
    this.#inner = inner;
    this.#apart = apart(module);
  }

  has(kernel: string): boolean {
    return this.#compiled.has(kernel);
  }

  /** Compiles a kernel wide, unless nothing in it packs. */
  compile(kernel: string): void {
    const inner = this.#inner[kernel];
    if (inner === undefined || this.#compiled.has(kernel)) return;
    const names = [kernel, ...inner.map((index) => `$${index}`)].filter((name) => !this.#compiled.has(name));
    compilingWide(() => {
      for (const name of names) callWithZeros(this.#apart[name]);
    });
    for (const name of names) this.#compiled.add(name);
  }
}

/** The functions of a module on this thread. */
export interface Placed {
  readonly exports: Exports;
  /** Where they begin in the table. */
  readonly first: number;
}

/** The least memory that a module imports. */
const PAGES = 4;

function apart(module: WebAssembly.Module): Record<string, Function> {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: isShared() });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  return new WebAssembly.Instance(module, { env: { memory, table } }).exports as Record<string, Function>;
}

/** Calls a function. It may trap: it is compiled before. */
function callWithZeros(fn: Function): void {
  try {
    fn(...new Array<number>(fn.length).fill(0));
  } catch (error) {
    if ((error as { name?: unknown }).name !== "RuntimeError") throw error;
  }
}
