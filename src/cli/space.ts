import { integer, logUniform, uniform } from "../search/dimension.js";
import type { Space } from "../search/space.js";
import { readJson, type SchemaOf } from "./configFile.js";
import { SETTINGS } from "./trainOptions.js";
import type { Zod } from "./values.js";

/** A range in a file. */
type Range =
  | { readonly uniform: readonly [number, number] }
  | { readonly logUniform: readonly [number, number] }
  | { readonly integer: readonly [number, number]; readonly step?: number };

const EXPECTED =
  'values in an array, { "uniform": [low, high] }, { "logUniform": [low, high] }, { "integer": [low, high], "step": n }, or one value';

/** The schema of a space: for each setting but the seed a list of values, a range, or a value that stays. */
export const SPACE: SchemaOf<Readonly<Record<string, unknown>>> = (z) => {
  const { seed: _, ...settings } = SETTINGS;
  const entries = Object.entries(settings).map(([name, { takes }]) => [name, z.optional(dimensionOf(z, takes.schema(z) as never))]);
  return z.strictObject(
    { $schema: z.optional(z.string("a text")), ...Object.fromEntries(entries) },
    "an object of ranges by settings",
  ) as never;
};

function dimensionOf(z: Zod, value: ReturnType<Zod["unknown"]>) {
  const ends = z.tuple([value, value], "[low, high]");
  const whole = { integer: ends, step: z.optional(z.int("a whole number ≥ 1").check(z.gte(1, "a whole number ≥ 1"))) };
  const values = z.array(value, "an array of values").check(z.minLength(1, "at least one value"));
  return z.union([values, z.strictObject({ uniform: ends }), z.strictObject({ logUniform: ends }), z.strictObject(whole), value], EXPECTED);
}

/** Reads a space. @throws FileError, ArgumentError */
export async function readSpace(command: string, file: string): Promise<Space> {
  const { $schema: _, ...given } = await readJson(command, file, SPACE);
  return Object.fromEntries(
    Object.entries(given).map(([name, dimension]) => [name, isRange(dimension) ? dimensionOfRange(dimension) : dimension]),
  );
}

function isRange(given: unknown): given is Range {
  return typeof given === "object" && given !== null && ["uniform", "logUniform", "integer"].some((kind) => Object.hasOwn(given, kind));
}

function dimensionOfRange(range: Range): unknown {
  if ("uniform" in range) return uniform(...range.uniform);
  if ("logUniform" in range) return logUniform(...range.logUniform);
  return integer(...range.integer, range.step === undefined ? undefined : { step: range.step });
}
