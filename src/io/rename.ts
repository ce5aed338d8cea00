import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message, shortened } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { checkArity } from "../options/arity.js";
import { callable } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkText, type NamedTensors, namedTensors } from "./named.js";

/**
 * A rule for names of tensors: what is replaced, and by what; null leaves the tensor out. A string stands for whole parts of a name,
 * between its points: `"attn"` is found in `"h.0.attn.bias"`, not in `"h.0.attention.bias"`; `""` takes the parts away. A regular
 * expression is replaced as `String.replace` does it, `$1` included. Both replace the first place, unless the expression is global.
 */
export type RenameRule = readonly [pattern: string | RegExp, replacement: string | null];

/**
 * New names for tensors: a function of the name; an object of new names by old ones, where other names stay; or a list of rules, of
 * which each changes what those before it have left. null leaves a tensor out.
 */
export type Rename = ((name: string) => string | null) | Readonly<Record<string, string | null>> | readonly RenameRule[];

/** Gives the tensor that is taken in the place of another. @param name the tensor's name in the file */
export type Transform = (tensor: Tensor, name: string) => Tensor;

const isRule = (rule: unknown): boolean =>
  Array.isArray(rule) && rule.length === 2 && (typeof rule[0] === "string" || isRegExp(rule[0])) && isName(rule[1]);
const isRegExp = (value: unknown): value is RegExp => Object.prototype.toString.call(value) === "[object RegExp]";
const isName = (value: unknown): boolean => value === null || typeof value === "string";

const isRename = (value: unknown): value is Rename =>
  typeof value === "function" ||
  (Array.isArray(value) && Array.from(value).every(isRule)) ||
  (isPlain(value) && Object.values(value).every(isName));

const RENAME = "a function of the name, an object of new names by old ones, or an array of [pattern, replacement]";

export const renameOption = option<Rename, { default: null }>(RENAME, isRename, {
  default: null,
});

export const transformOption = callable<Transform>()("a function of a tensor and its name in the file", { default: null });

/**
 * The same tensors under other names, for example those of a file from another library under the names of a model here.
 *
 * @param tensors tensors by name: what `loadWeights`, `parseSafetensors` or `stateDict` gave
 * @param rename a function of the name, an object of new names by old ones, or a list of rules [pattern, replacement]; null as a new
 *        name leaves the tensor out
 * @throws ArgumentError where two tensors would get one name, and for rules and old names that fit no tensor
 * @example
 * const state = renameWeights({ "module.fc.weight": ones([2, 3]) }, [["module", ""]]);
 * state.get("fc.weight");
 */
export function renameWeights(tensors: NamedTensors, rename: Rename): Map<string, Tensor> {
  const op = "renameWeights";
  checkArity(op, arguments.length, 2);
  if (!isRename(rename)) throw new ArgumentError(message(op, `rename is ${kindText(rename)}; expected ${RENAME}`));
  return underNewNames(op, tensors, rename, null);
}

/** Tensors that are to be saved, under their names in the file, each as `transform` gives it. */
export function underNewNames(op: string, tensors: NamedTensors, rename: Rename | null, transform: Transform | null): Map<string, Tensor> {
  const named = new Map(namedTensors(op, tensors));
  const found = new Map<string, Tensor>();
  for (const [name, next] of newNames(op, named.keys(), rename))
    found.set(next, transformed(op, named.get(name) as Tensor, next, transform));
  return found;
}

/** @throws ArgumentError unless `transform` gives a tensor */
export function transformed(op: string, tensor: Tensor, name: string, transform: Transform | null): Tensor {
  if (transform === null) return tensor;
  const found: unknown = noGrad(() => transform(tensor, name));
  checkTensor(op, `what transform returned for ${kindText(name)}`, found);
  return found;
}

/**
 * The new names by the old ones, without those of tensors that are left out.
 * @throws ArgumentError where two are the same, and for rules that fit no name
 */
export function newNames(op: string, names: Iterable<string>, rename: Rename | null): Map<string, string> {
  const old = [...names];
  const { nameOf, unused } = renamer(rename ?? {});
  const found = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const name of old) {
    const next = nameOf(name);
    if (next === null) continue;
    checkText(op, `the new name of ${kindText(name)}`, next);
    if (next === "" && name !== "") throw new ArgumentError(message(op, `the new name of ${kindText(name)} is empty`, LEAVE_OUT));
    const other = taken.get(next);
    if (other !== undefined)
      throw new ArgumentError(message(op, `${kindText(other)} and ${kindText(name)} would both be called ${kindText(next)}`, LEAVE_OUT));
    taken.set(next, name);
    found.set(name, next);
  }
  const without = unused();
  if (without.length > 0) throw unfit(op, without, old);
  return found;
}

const LEAVE_OUT = "null as its new name leaves a tensor out.";

/** How names are changed, and what in `rename` no name has used yet. */
interface Renamer {
  nameOf(name: string): string | null;
  unused(): (string | RegExp)[];
}

function renamer(rename: Rename): Renamer {
  if (typeof rename === "function") return { nameOf: rename, unused: () => [] };
  const used = new Set<unknown>();
  if (isRules(rename)) {
    const nameOf = (name: string): string | null => {
      let next = name;
      for (const rule of rename) {
        const [pattern, replacement] = rule;
        if (!fits(pattern, next)) continue;
        used.add(rule);
        if (replacement === null) return null;
        next = typeof pattern === "string" ? replaceParts(next, pattern, replacement) : next.replace(pattern, replacement);
      }
      return next;
    };
    return { nameOf, unused: () => rename.filter((rule) => !used.has(rule)).map(([pattern]) => pattern) };
  }
  const nameOf = (name: string): string | null => {
    if (!Object.hasOwn(rename, name)) return name;
    used.add(name);
    return rename[name];
  };
  return { nameOf, unused: () => Object.keys(rename).filter((name) => !used.has(name)) };
}

function isRules(rename: readonly RenameRule[] | Readonly<Record<string, string | null>>): rename is readonly RenameRule[] {
  return Array.isArray(rename);
}

function fits(pattern: string | RegExp, name: string): boolean {
  return typeof pattern === "string" ? placeOf(name.split("."), pattern.split(".")) >= 0 : name.search(pattern) >= 0;
}

/** Where the parts of a pattern begin among those of a name; −1: nowhere. */
function placeOf(parts: readonly string[], wanted: readonly string[]): number {
  return parts.findIndex((_, i) => wanted.every((part, j) => parts[i + j] === part));
}

function replaceParts(name: string, pattern: string, replacement: string): string {
  const [parts, wanted] = [name.split("."), pattern.split(".")];
  parts.splice(placeOf(parts, wanted), wanted.length, ...(replacement === "" ? [] : [replacement]));
  return parts.join(".");
}

/** The most patterns and names that an error lists. */
const MOST_NAMED = 5;

function unfit(op: string, patterns: readonly (string | RegExp)[], names: readonly string[]): ArgumentError {
  const listed = patterns
    .slice(0, MOST_NAMED)
    .map((pattern) => (typeof pattern === "string" ? kindText(pattern) : shortened(String(pattern))));
  const more = patterns.length > MOST_NAMED ? ` and ${patterns.length - MOST_NAMED} more` : "";
  const [first] = patterns;
  const point = typeof first === "string" && /^\.|\.$/.test(first) ? " Whole parts are written without the points around them." : "";
  const hint = typeof first === "string" ? didYouMean(first, names) : "";
  const has = names.slice(0, MOST_NAMED).map(kindText).join(", ");
  const mend = `Names: ${has || "none"}${names.length > MOST_NAMED ? ", …" : ""}.${point || hint}`;
  return new ArgumentError(message(op, `rename has ${listed.join(", ")}${more}, which no tensor's name fits`, mend));
}
