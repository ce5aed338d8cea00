import { isPlain } from "../../../src/options/plain.js";
import type { RightCall, Subject } from "./record.js";
import { FOREIGN, ODD } from "./values.js";

/** A call with one thing wrong, or with several that may be. */
export interface WrongCall extends RightCall {
  /** What must be refused: "an argument too many"; null where the call may be right. */
  readonly refused: string | null;
}

/** Whole numbers below n. */
export type Draw = (n: number) => number;

/** The ways to make a call wrong, in turn. */
const WAYS: readonly ((subject: Subject, right: RightCall, draw: Draw) => WrongCall)[] = [
  tooMany,
  foreign,
  anyValue,
  unknownOption,
  foreignOption,
  anyOption,
  noFlag,
  anyValues,
];

export function wrongCall(subject: Subject, turn: number, draw: Draw): WrongCall {
  const { right } = subject;
  const call = right.length === 0 ? { self: undefined, args: [] } : right[draw(right.length)];
  return WAYS[turn % WAYS.length](subject, call, draw);
}

function replaced(list: readonly unknown[], at: number, value: unknown): unknown[] {
  return list.map((before, i) => (i === at ? value : before));
}

const pick = <T>(list: readonly T[], draw: Draw): T => list[draw(list.length)];

/** More arguments than any function has; those that it may have are left out. */
function tooMany(_: Subject, { self, args }: RightCall, draw: Draw): WrongCall {
  return { self, args: [...args, ...new Array(8).fill(undefined), pick(ODD, draw)()], refused: "an argument too many" };
}

function foreign(subject: Subject, right: RightCall, draw: Draw): WrongCall {
  const { self, args } = right;
  if (args.length === 0) return anyValue(subject, right, draw);
  const at = draw(args.length);
  return { self, args: replaced(args, at, pick(FOREIGN, draw)()), refused: `a foreign object as argument ${at + 1}` };
}

function anyValue(_: Subject, { self, args }: RightCall, draw: Draw): WrongCall {
  const at = draw(args.length + 1);
  const changed = [...args];
  changed[at] = pick(ODD, draw)();
  return { self, args: changed, refused: null };
}

function anyValues(_: Subject, { self, args }: RightCall, draw: Draw): WrongCall {
  const length = draw(args.length + 2);
  return {
    self,
    args: Array.from({ length }, (_, i) => (i < args.length && draw(2) === 0 ? args[i] : pick(ODD, draw)())),
    refused: null,
  };
}

/** Samples { x, y } may have parts of any other name. */
function isData(value: object): boolean {
  return "x" in value;
}

/** The options object of a call: the last plain one. */
function optionsAt(args: readonly unknown[]): number {
  for (let i = args.length - 1; i >= 0; i--) if (isPlain(args[i]) && !isData(args[i] as object)) return i;
  return -1;
}

function unknownOption(_: Subject, { self, args }: RightCall, draw: Draw): WrongCall {
  const at = optionsAt(args);
  const name = pick(["foo", "retain_graph", "keepdim", "0", "toString"], draw);
  if (at < 0) return { self, args: [...args, { [name]: 1 }], refused: "an unknown option" };
  return { self, args: replaced(args, at, { ...(args[at] as object), [name]: 1 }), refused: "an unknown option" };
}

/** A call whose option has another value. */
function withOption(subject: Subject, { self, args }: RightCall, draw: Draw, value: unknown, refused: string | null): WrongCall | null {
  const at = optionsAt(args);
  const given = at < 0 ? {} : (args[at] as object);
  const names = [...new Set([...Object.keys(given), ...subject.options])];
  if (names.length === 0) return null;
  const name = pick(names, draw);
  const options = { ...given, [name]: value };
  return {
    self,
    args: at < 0 ? [...args, options] : replaced(args, at, options),
    refused: refused === null ? null : `${refused} as option ${name}`,
  };
}

function foreignOption(subject: Subject, right: RightCall, draw: Draw): WrongCall {
  return withOption(subject, right, draw, pick(FOREIGN, draw)(), "a foreign object") ?? foreign(subject, right, draw);
}

function anyOption(subject: Subject, right: RightCall, draw: Draw): WrongCall {
  return withOption(subject, right, draw, pick(ODD, draw)(), null) ?? anyValue(subject, right, draw);
}

/** Text, a number or an array where true or false stands. */
function noFlag(subject: Subject, right: RightCall, draw: Draw): WrongCall {
  const { self, args } = right;
  const at = optionsAt(args);
  const given = at < 0 ? {} : (args[at] as Record<string, unknown>);
  const flags = Object.keys(given).filter((name) => typeof given[name] === "boolean");
  if (flags.length === 0) return foreignOption(subject, right, draw);
  const name = pick(flags, draw);
  const value = pick(["no", 0, 1, []], draw);
  return { self, args: replaced(args, at, { ...given, [name]: value }), refused: `no flag as option ${name}` };
}
