import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";

/**
 * Refuses an argument too many: what nobody reads would go unnoticed.
 * @param given `arguments.length` @param most what the function takes
 * @throws ArgumentError
 */
export function checkArity(op: string, given: number, most: number): void {
  if (given > most) throw tooMany(op, given, most);
}

export function tooMany(op: string, given: number, most: number): ArgumentError {
  const takes = most === 0 ? "it takes none" : `it takes at most ${most}`;
  return new ArgumentError(message(op, `${given} argument${given === 1 ? " was" : "s were"} given; ${takes}`));
}
