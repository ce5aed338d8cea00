import { builtin } from "../platform.js";

interface V8 {
  setFlagsFromString(flag: string): void;
}

interface VM {
  runInThisContext(code: string): unknown;
}

/** A function that a module of WebAssembly exports. */
export type WasmFunction = (...args: number[]) => unknown;

/**
 * Has V8 optimise functions with pairs of 128-bit instructions as one of 256 bits, and waits until it has.
 *
 * V8 asks for the flag whenever it optimises a function, on any thread, so the flag is on for moments only. No other flag of the
 * compilers may be touched: code that another thread compiles between `--no-liftoff` and `--liftoff`, or `--no-wasm-inlining` and
 * `--wasm-inlining`, ends the process. A function that is no export of a module does so too.
 */
export function optimizeWide(functions: Iterable<WasmFunction>): void {
  optimize ??= withFlag("allow-natives-syntax", () => {
    const { runInThisContext } = builtin<VM>("node:vm") as VM;
    return runInThisContext("(function (one) { return %WasmTierUpFunction(one); })") as Optimize;
  });
  const now = optimize;
  withFlag("experimental-wasm-revectorize", () => {
    for (const one of functions) now(one);
  });
}

type Optimize = (one: WasmFunction) => void;

/** V8's own function that optimises a function at once. It has a name in programs that are read under `--allow-natives-syntax`. */
let optimize: Optimize | null = null;

function withFlag<T>(flag: string, fn: () => T): T {
  const { setFlagsFromString } = builtin<V8>("node:v8") as V8;
  setFlagsFromString(`--${flag}`);
  try {
    return fn();
  } finally {
    setFlagsFromString(`--no-${flag}`);
  }
}
