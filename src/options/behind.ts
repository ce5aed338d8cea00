import type { Declaration, Declared, SettingsOf } from "./declare.js";
import { isPlain } from "./plain.js";

/** Reads a call whose options stand behind any number of positional arguments, at least one: arange(4, { dtype }). */
export function readBehind<O extends Declared, P extends Declared>(
  declaration: Declaration<O, P>,
  args: ArrayLike<unknown>,
): SettingsOf<Declaration<O, P>> {
  const names = Object.keys(declaration.positional);
  const last = args.length - 1;
  if (last < 1 || last >= names.length || !isPlain(args[last])) return declaration.read(args);
  return declaration.read([...Array.from(args).slice(0, last), ...new Array<undefined>(names.length - last), args[last]]);
}
