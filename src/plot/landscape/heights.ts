import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { ln } from "../../optim/schedules/exact.js";
import { ticks } from "../axes.js";
import type { Landscape } from "./landscape.js";

/** How losses become heights and colours, the same for all landscapes of a picture. */
export interface Heights {
  readonly log: boolean;
  readonly floor: number;
  readonly ceiling: number;
  /** The height of a loss: 0 at the floor, 1 at the ceiling, more above it; what is not finite is high above it. */
  height(loss: number): number;
}

/** The height of what is not finite. */
const BEYOND = 10;

/** How many times the least loss the ceiling is, unless it is given: beyond that no network knows anything. */
const RANGE = 1000;

/** The scale from the least loss to the ceiling. @param log default: if all losses are above 0 @param ceiling default: the greatest loss, at most 1000 times the least on a scale of logarithms */
export function heightsOf(op: string, landscapes: readonly Landscape[], log: boolean | undefined, ceiling: number | undefined): Heights {
  const losses = landscapes.flatMap((landscape) => landscape.losses.flat()).filter(Number.isFinite);
  if (losses.length === 0) throw new ArgumentError(message(op, "no loss of the landscape is finite", "Give a smaller span."));
  const floor = losses.reduce((least, loss) => Math.min(least, loss));
  const greatest = losses.reduce((most, loss) => Math.max(most, loss));
  const isLog = log ?? floor > 0;
  if (isLog && floor <= 0) throw new ArgumentError(message(op, `log is true and the least loss is ${floor}`, "Write log: false."));
  const top = ceiling ?? (isLog ? Math.min(greatest, RANGE * floor) : greatest);
  if (top < floor) throw new ArgumentError(message(op, `ceiling is ${top}; expected more than the least loss, ${floor}`));
  const scale = isLog ? ln : (value: number): number => value;
  const [low, range] = [scale(floor), scale(top) - scale(floor) || 1];
  return {
    log: isLog,
    floor,
    ceiling: top,
    height: (loss) => (Number.isFinite(loss) ? Math.max((scale(loss) - low) / range, 0) : BEYOND),
  };
}

/** Losses that are good to read within the scale: 1, 2, 5, 10, … */
export function lossTicks({ log, floor, ceiling }: Heights): number[] {
  if (!log) return ticks(floor, ceiling, 5);
  const decades = log10(ceiling / floor);
  const times = decades > 4 ? [1] : decades > 2.5 ? [1, 3] : [1, 2, 5];
  const found: number[] = [];
  for (let power = Math.floor(log10(floor)); power <= log10(ceiling); power++)
    for (const factor of times) found.push(factor * powerOfTen(power));
  return found.filter((loss) => loss >= floor && loss <= ceiling);
}

function log10(value: number): number {
  return ln(value) / Math.LN10;
}

/** 10ⁿ with the bits of the literal. */
function powerOfTen(n: number): number {
  return Number(`1e${n}`);
}

/** A loss as words: 0.5, 20, 3e5. */
export function lossText(loss: number): string {
  const short = Number(loss.toPrecision(3));
  return Math.abs(short) >= 1e5 ? short.toExponential().replace("e+", "e") : String(short);
}

/** @throws ArgumentError for anything but a landscape or a list of such */
export function landscapesOf(op: string, given: unknown): readonly Landscape[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  const isLandscape = (one: unknown): one is Landscape => {
    const { title, losses, alphas, betas, centre, ...rest } = (one ?? {}) as Partial<Landscape>;
    return (
      typeof title === "string" &&
      typeof centre === "number" &&
      Object.keys(rest).length === 0 &&
      Array.isArray(losses) &&
      losses.length === alphas?.length &&
      losses.every((row) => Array.isArray(row) && row.length === betas?.length)
    );
  };
  if (list.length > 0 && list.every(isLandscape)) return list;
  throw new ArgumentError(message(op, `the landscape is ${kindText(given)}; expected what lossLandscape returned, or a list of such`));
}
