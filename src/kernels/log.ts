import { note } from "../errors/note.js";
import { variable } from "./platform.js";

/** Tells a choice that the library made by itself, where SIMDGRAD_LOG=1 asks for it. */
export function log(text: string): void {
  if (variable("SIMDGRAD_LOG") === "1") note(text);
}
