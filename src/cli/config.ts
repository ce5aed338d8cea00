import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { readJson, type SchemaOf } from "./configFile.js";
import { RATE_OPTIONS } from "./rateOptions.js";
import { SEARCH_OPTIONS } from "./searchOptions.js";
import { type OptionOfCommand, RUN_OPTIONS, SETTINGS, type TrainOptions } from "./trainOptions.js";
import type { Zod } from "./values.js";

type Table = Readonly<Record<string, OptionOfCommand<unknown>>>;

/** What a file of settings holds: data, and options of `train`. */
export type Config = Partial<TrainOptions> & { readonly data?: string };

/** All that may stand in a file of settings. A command takes what it has, so that one file serves all of them. */
export const CONFIGURED: Table = { ...SETTINGS, ...RUN_OPTIONS, ...RATE_OPTIONS, ...SEARCH_OPTIONS };

/** The schema of a file of settings. */
export const CONFIG: SchemaOf<Config> = (z) => {
  const data = z.optional(z.string("the name of a data set, or a path"));
  return z.strictObject(
    { $schema: z.optional(z.string("a text")), data, ...schemasOf(z, CONFIGURED) },
    { error: "an object of settings" },
  ) as never;
};

/** The schemas of all options of a table, which may be left out. */
export function schemasOf(z: Zod, table: Table) {
  return Object.fromEntries(
    Object.entries(table).map(([name, { takes, about }]) => [name, z.optional(takes.schema(z)).check(z.describe(about))]),
  );
}

/** What is trained, and how. */
export interface Order {
  readonly data: string;
  readonly options: TrainOptions;
}

/**
 * Puts together what the command line says and what the file says that it names; the command line wins.
 * @param command its name, for errors
 * @throws FileError, ArgumentError for a file that is none, and where nobody says what to train on
 */
export async function orderOf(command: string, data: string | undefined, given: GivenOptions): Promise<Order> {
  const { config: file, ...said } = given;
  const config: Config & { $schema?: string } = file === undefined ? {} : await readJson(command, file, CONFIG);
  const { data: named, $schema: _, ...settings } = config;
  const chosen = data ?? named;
  if (chosen === undefined) {
    const mend = `Write: simdgrad ${command} digits, or simdgrad ${command} table.csv, or name a file by --config.`;
    throw new ArgumentError(message(command, "missing data: a data set, a table or a folder", mend));
  }
  // What is off, such as by --no-augment, is as if nobody had said it.
  const on = Object.entries({ seed: SETTINGS.seed.default, ...settings, ...said }).filter(([, value]) => value !== false);
  return { data: chosen, options: Object.fromEntries(on) as unknown as TrainOptions };
}

/** What the command line says. */
export type GivenOptions = Partial<TrainOptions> & { readonly config?: string };

/**
 * The settings that make a model what it is, as a file of settings says them.
 * @param given what was said @param resolved what stands in for defaults
 */
export function settingsOf(given: Config, resolved: Config): Config {
  // The optimizer has them.
  const all: Record<string, unknown> = { ...given, learningRate: undefined, weightDecay: undefined, ...resolved };
  const names = ["data", ...Object.keys(SETTINGS)].filter((name) => all[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, all[name]]));
}
