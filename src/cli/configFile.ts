import { readFile, stat } from "node:fs/promises";
import { ArgumentError } from "../errors/errors.js";
import { bytesText, didYouMean, kindText, message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { reasonOf } from "../io/reason.js";
import type { Zod } from "./values.js";
import type * as zod from "./zod.js";

/** What a file is held against. */
export type SchemaOf<T> = (z: Zod) => zod.ZodMiniType<T>;

/** No file of settings is larger; one that is, is another file. */
const MOST_BYTES = 1 << 20;

/** The most faults that an error lists. */
const SHOWN = 4;

/**
 * Reads a JSON file, and holds it against a schema.
 * @param command its name, for errors
 * @throws FileError for a file that is no JSON, ArgumentError that names the places in it that are not as the schema says
 */
export async function readJson<T>(command: string, file: string, schema: SchemaOf<T>): Promise<T> {
  const given = parse(command, file, await readText(command, file));
  const checked = schema(await loadZod()).safeParse(given);
  if (checked.success) return checked.data;
  const { issues } = checked.error;
  const faults = issues.slice(0, SHOWN).map((issue) => faultText(issue, given, schema));
  const more = issues.length > SHOWN ? `; and ${issues.length - SHOWN} more` : "";
  throw new ArgumentError(message(command, `${file}: ${(await Promise.all(faults)).join("; ")}${more}`));
}

/** The schema as editors take it. */
export async function jsonSchemaOf<T>(schema: SchemaOf<T>): Promise<object> {
  const z = await loadZod();
  return z.toJSONSchema(schema(z), { io: "input" });
}

function loadZod(): Promise<Zod> {
  return import("./zod.js");
}

async function readText(command: string, file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES)
      throw new FileError(message(command, `${file} has ${bytesText(size)}; expected a JSON file of at most ${bytesText(MOST_BYTES)}`));
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(message(command, `cannot read ${file}: ${reasonOf(error)}`));
  }
}

function parse(command: string, file: string, text: string): unknown {
  // The schemas' library would leave it out without a word.
  const known = (name: string, value: unknown): unknown => {
    if (name === "__proto__") throw new ArgumentError(message(command, `${file}: "__proto__" is no name of a setting`));
    return value;
  };
  try {
    return JSON.parse(text, known);
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    throw new FileError(message(command, `${file} is no JSON: ${(error as Error).message}`));
  }
}

type Issue = zod.core.$ZodIssue;

async function faultText<T>(issue: Issue, given: unknown, schema: SchemaOf<T>): Promise<string> {
  const { path, code, message: expected, ...rest } = deepest(issue, valueAt(given, issue.path));
  const place = placeText(path);
  if (code === "unrecognized_keys") {
    const known = Object.keys(await propertiesAt(path, schema));
    const names = (rest as { keys: string[] }).keys.map((key) => {
      const meant = didYouMean(key, known).trim();
      return `${kindText(key)}${meant === "" ? "" : ` (${meant})`}`;
    });
    return `unknown ${names.join(", ")}${place === "" ? "" : ` in ${place}`}`;
  }
  const value = valueAt(given, path);
  const what = value === undefined ? "is missing" : `is ${kindText(value)}`;
  return `${place === "" ? "the file" : place} ${what}; expected ${expected}`;
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key], given);
}

/**
 * Where a value may be one thing or another, the fault of that which it comes nearest to: it lies deepest. Where one thing
 * would lack this and another that, what it lacks tells nothing.
 * @param value what the issue is about
 */
function deepest(issue: Issue, value: unknown): Issue {
  if (issue.code !== "invalid_union") return issue;
  const all = issue.errors.flat();
  const there = all.filter(({ path }) => valueAt(value, path) !== undefined);
  const within = (all.length - there.length > 1 ? there : all).map((one) => deepest(one, valueAt(value, one.path)));
  const found = within.reduce<Issue | null>((best, one) => (one.path.length > (best?.path.length ?? 0) ? one : best), null);
  return found === null ? issue : { ...found, path: [...issue.path, ...found.path] };
}

interface Properties {
  readonly properties?: Readonly<Record<string, Properties>>;
}

/** The names that an object of the file may have. */
async function propertiesAt<T>(path: readonly PropertyKey[], schema: SchemaOf<T>): Promise<object> {
  const whole = (await jsonSchemaOf(schema)) as Properties;
  return path.reduce((part: Properties | undefined, key) => part?.properties?.[String(key)], whole)?.properties ?? {};
}

/** `search.trials`, `hidden[1]`: a place in a file. */
function placeText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text && "."}${String(key)}`), "");
}
