import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { variable } from "../platform.js";
import { availableCores } from "./cores.js";

/** The number of threads: what was asked for, else the cores. */

export const MOST_THREADS = 256;

let count: number | null = null;

/** Threads that the kernels are to run on. @throws ArgumentError for a SIMDGRAD_THREADS that is no number of threads */
export function threadCount(): number {
  count ??= threadsAsked() ?? Math.min(MOST_THREADS, availableCores());
  return count;
}

/** @param n a number of threads */
export function setThreadCount(n: number): void {
  count = n;
}

/** The number of threads that SIMDGRAD_THREADS asks for, if it is set. @throws ArgumentError if that is no number of threads */
export function threadsAsked(): number | undefined {
  const text = variable("SIMDGRAD_THREADS");
  if (text === undefined) return undefined;
  const n = /^\d+$/.test(text) ? Number(text) : text;
  checkCount("threads", "SIMDGRAD_THREADS", n);
  return n as number;
}

/** @throws ArgumentError unless `n` is a number of threads */
export function checkCount(op: string, name: string, n: unknown): void {
  if (typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= MOST_THREADS) return;
  throw new ArgumentError(message(op, `${name} is ${kindText(n)}; expected a whole number from 1 to ${MOST_THREADS}`));
}
