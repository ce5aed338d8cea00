import { builtin } from "../platform.js";

interface V8 {
  setFlagsFromString(flag: string): void;
}

/**
 * V8's flags under which a function is optimised at its first call, with pairs of 128-bit instructions as one of 256 bits. V8 asks for
 * them whenever it compiles, on any thread, so they are on for moments only.
 *
 * Inlining goes off before the baseline compiler (liftoff) does, and comes on again after it: V8 14 ends the process where it inlines
 * into a function that the baseline compiler never saw.
 */
const FLAGS = ["no-wasm-inlining", "experimental-wasm-revectorize", "no-liftoff"];

/** Runs `fn` while functions of WebAssembly are compiled wide. */
export function compilingWide<T>(fn: () => T): T {
  const { setFlagsFromString } = builtin<V8>("node:v8") as V8;
  const set = (flags: string[]) => {
    for (const flag of flags) setFlagsFromString(`--${flag}`);
  };
  set(FLAGS);
  try {
    return fn();
  } finally {
    set(FLAGS.map(opposite).reverse());
  }
}

function opposite(flag: string): string {
  return flag.startsWith("no-") ? flag.slice(3) : `no-${flag}`;
}
