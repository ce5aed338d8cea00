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
 *
 * V8's own function that optimises another at once has a name in programs that are read under `--allow-natives-syntax`. The program is
 * read anew each time: V8 forgets the code of a function that rests, and would read it again when the flag is off.
 */
export function optimizeWide(functions: Iterable<WasmFunction>): void {
  withFlag("allow-natives-syntax", () => {
    const { runInThisContext } = builtin<VM>("node:vm") as VM;
    const optimize = runInThisContext("(function (one) { return %WasmTierUpFunction(one); })") as (one: WasmFunction) => void;
    withFlag("experimental-wasm-revectorize", () => {
      for (const one of functions) optimize(one);
    });
  });
}

/** Runs `fn` while a flag of V8 is on, which is off otherwise. */
function withFlag(flag: string, fn: () => void): void {
  const { setFlagsFromString } = builtin<V8>("node:v8") as V8;
  setFlagsFromString(`--${flag}`);
  try {
    fn();
  } finally {
    setFlagsFromString(`--no-${flag}`);
  }
}
