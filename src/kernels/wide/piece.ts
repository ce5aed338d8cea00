import type { Exports } from "../piece.js";
import { optimizeWide, type WasmFunction } from "./flags.js";

/** A custom section of this name: V8 hands out one native module for equal bytes, and wide code must not be that of narrow modules. */
const SECTION = [0, 5, 4, ...new TextEncoder().encode("wide")];

/** A module of its own for what is compiled wide. */
export function wideModule(code: Uint8Array): WebAssembly.Module {
  const bytes = new Uint8Array(code.length + SECTION.length);
  bytes.set(code);
  bytes.set(SECTION, code.length);
  return new WebAssembly.Module(bytes as BufferSource);
}

/**
 * The kernels of a piece that were compiled wide.
 *
 * V8 has one code of a function for all instances of its module, on every thread.
 */
export class WidePiece {
  /** The kernels, wide once they were compiled. */
  readonly exports: Exports;
  /** Where the functions of the wide module begin in the table. */
  readonly first: number;
  readonly #inner: Readonly<Record<string, readonly number[]>>;
  readonly #compiled = new Set<string>();

  constructor({ exports, first }: Placed, inner: Readonly<Record<string, readonly number[]>>) {
    this.exports = exports;
    this.first = first;
    this.#inner = inner;
  }

  has(kernel: string): boolean {
    return this.#compiled.has(kernel);
  }

  /** Compiles a kernel wide, with the inner functions that it reaches, unless nothing in it packs. */
  compile(kernel: string): void {
    const inner = this.#inner[kernel];
    if (inner === undefined || this.#compiled.has(kernel)) return;
    const names = [kernel, ...inner.map((index) => `$${index}`)].filter((name) => !this.#compiled.has(name));
    optimizeWide(names.map((name) => this.exports[name] as WasmFunction));
    for (const name of names) this.#compiled.add(name);
  }
}

/** The functions of a module on this thread. */
export interface Placed {
  readonly exports: Exports;
  /** Where they begin in the table. */
  readonly first: number;
}
