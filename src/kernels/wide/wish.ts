import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { variable } from "../platform.js";

/** Whether kernels are compiled wide: to 256-bit instructions. `auto`: where that is proven. */
export type Wide = boolean | "auto";

const WORDS: Readonly<Record<string, Wide>> = { "0": false, "1": true, auto: "auto" };

let chosen: Wide | null = null;
/** What holds where nobody asks: all trials of the versions that are proven were clean. */
const USUAL: Wide = "auto";

/** What is asked for: by `init`, else by SIMDGRAD_WIDE, else "auto". @throws ArgumentError for another SIMDGRAD_WIDE */
export function wideAsked(): Wide {
  return chosen ?? wideInEnvironment() ?? USUAL;
}

/** Who asks; null where nobody does. */
export function whoAsks(): "init" | "SIMDGRAD_WIDE" | null {
  if (chosen !== null) return "init";
  return wideInEnvironment() === undefined ? null : "SIMDGRAD_WIDE";
}

/** @param wide what `init` asks for from now on; null for nothing @returns what it asked for before */
export function askWide(wide: Wide | null): Wide | null {
  const before = chosen;
  chosen = wide;
  return before;
}

function wideInEnvironment(): Wide | undefined {
  const text = variable("SIMDGRAD_WIDE");
  if (text === undefined) return undefined;
  if (Object.hasOwn(WORDS, text)) return WORDS[text];
  throw new ArgumentError(message("wide", `SIMDGRAD_WIDE is ${kindText(text)}; expected 0, 1 or auto`));
}
