import { ArgumentError } from "../errors/errors.js";
import { didYouMean, kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { Preprocessor, PreprocessorClass, PreprocessorJson, Revive, Step } from "./preprocessor.js";
import * as library from "./preprocessors.js";

type Classes = Readonly<Record<string, PreprocessorClass>>;

const PREPROCESSOR_FROM = declare("preprocessorFrom", {
  /** Your own classes by type, each with a static `fromJSON`. Default none. */
  custom: option<Classes, { default: Classes }>("an object of classes by type", isPlain, { default: {} }),
});

/** Options of `preprocessorFrom`. */
export interface PreprocessorFromOptions extends OptionsOf<typeof PREPROCESSOR_FROM> {}

/**
 * Makes a preprocessor of what `toJSON` gave, with all that it has learned.
 * @param json the object, or its text, such as an entry of a model's `metadata`
 * @param options.custom your own classes by type, default none
 * @throws ArgumentError for another text, an unknown type and a damaged state
 * @example
 * const scaler = new StandardScaler().fit([[1], [3]]);
 * preprocessorFrom(JSON.stringify(scaler)).transform([[5]]);   // [[3]]
 */
export function preprocessorFrom<P extends Step = Preprocessor>(
  json: string | { readonly type: string; readonly config: object; readonly state: unknown },
  options?: PreprocessorFromOptions,
): P {
  const { op } = PREPROCESSOR_FROM;
  checkArity(op, arguments.length, 2);
  const { custom } = PREPROCESSOR_FROM.readOptions(options);
  const known = { ...library, ...custom } as unknown as Classes;
  const revive: Revive = (given) => {
    const { type, config } = (isPlain(given) ? given : {}) as Partial<PreprocessorJson>;
    if (typeof type !== "string" || !isPlain(config))
      throw new ArgumentError(message(op, `it is ${kindText(given)}; expected { type, config, state }`, "Pass what toJSON gave."));
    if (Object.hasOwn(known, type)) return known[type].fromJSON(given, revive);
    const mend = `Pass its class: { custom: { ${type} } }.${didYouMean(type, Object.keys(known))}`;
    throw new ArgumentError(message(op, `unknown type ${kindText(type)}`, mend));
  };
  return revive(typeof json === "string" ? parsed(op, json) : json) as P;
}

function parsed(op: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ArgumentError(message(op, `the text is no JSON: ${(error as Error).message}`, "Pass JSON.stringify(preprocessor)."));
  }
}
