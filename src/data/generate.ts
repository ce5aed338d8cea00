import { ArgumentError, ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { abortSignal, callable, count, number, text } from "../options/kinds.js";
import { option } from "../options/option.js";
import { fillUniform } from "../tensor/random.js";
import { currentSeed, nextDraw, seedOf } from "../tensor/seed.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { Breather } from "../train/breathe.js";
import { inEvaluation } from "../train/evaluationStep.js";
import type { LanguageModel } from "./languageModel.js";
import { sample } from "./sampling.js";
import type { Tokenizer } from "./tokenizer.js";

const GENERATE = declare(
  "generate",
  {
    /** The text to go on with, not empty. Default a line feed. */
    prompt: text({ default: "\n" }),
    /** Tokens to generate, ≥ 1. Default 200. */
    length: count({ default: 200, aka: ["maxLength", "maxNewTokens"] }),
    /** ≥ 0: below 1 likely tokens are taken more often, above 1 less often; 0 takes the likeliest. Default 1. */
    temperature: number({ default: 1, min: 0 }),
    /** How many of the likeliest tokens are chosen from, ≥ 1. Default null: all. */
    topK: count({ default: null }),
    /** Seed of the choices, a whole number from 0 to 2⁵³ − 1. Default: the seed in force, other choices at each call. */
    seed: number({ default: null, min: 0, whole: true }),
    /** Tokens that a model without `step` is shown for each new one. Default: the model's `contextLength`, or 128. */
    contextLength: count({ default: null, aka: ["blockSize"] }),
    /** Called with the text of each token as soon as it is chosen. Default none. */
    onToken: callable<(text: string, token: number) => void>()("a function of the token's text", {}),
    /** Signal that ends the generation with its reason. Default none. */
    signal: abortSignal({}),
  },
  {
    model: option<LanguageModel, { required: true }>("a model", (value) => value instanceof Module, { required: true }),
    tokenizer: option<Tokenizer, { required: true }>("a tokenizer", isTokenizer, { required: true }),
  },
);

/** Options of `generate`. */
export interface GenerateOptions extends OptionsOf<typeof GENERATE> {}

const CONTEXT = 128;

/**
 * Goes on with a text, token by token: each is drawn with probability ∝ exp(logit / temperature). A model with `step` carries its state
 * along; any other one is run over the last tokens for each new one. The model is in evaluation mode meanwhile, and may be training.
 *
 * @param model takes tokens [1, T] and gives logits [1, T, V], see `LanguageModel`
 * @param tokenizer the one that the model was trained with
 * @param options.prompt the text to go on with, default a line feed
 * @param options.length tokens to generate, default 200
 * @param options.temperature ≥ 0, default 1; 0 takes the likeliest token
 * @param options.topK how many of the likeliest tokens are chosen from; default: all
 * @param options.seed seed of the choices; default: the seed in force, other choices at each call
 * @param options.contextLength tokens that a model without `step` is shown, default the model's `contextLength`, or 128
 * @param options.onToken called with the text of each token and its number
 * @param options.signal signal that ends the generation with its reason
 * @returns the new text, without the prompt
 * @throws ArgumentError for an option, and for a character of the prompt that the tokenizer does not know
 * @throws ShapeError for a model whose logits are not [1, T, V] with V the tokenizer's size
 * @example
 * const tokenizer = CharTokenizer.fit("abc");
 * const model = new Sequential([new Embedding(3, 8), new Dense(3)]);
 * const text = await generate(model, tokenizer, { prompt: "a", length: 5, temperature: 0.8, seed: 1 });
 */
export async function generate(model: LanguageModel, tokenizer: Tokenizer, options?: GenerateOptions): Promise<string> {
  checkArity(GENERATE.op, arguments.length, 3);
  const settings = GENERATE.read([model, tokenizer, options]);
  const { length, onToken, signal } = settings;
  const tokens = Array.from(tokenizer.encode(settings.prompt));
  if (tokens.length === 0)
    throw new ArgumentError(message(GENERATE.op, "the prompt is empty", "Begin with a character, such as a line feed."));
  const prompted = tokens.length;
  const uniform = uniformNumbers(length, settings.seed);
  const next = follower(model, tokenizer.size, settings.contextLength);
  const breather = new Breather();
  for (let i = 0; i < length; i++) {
    signal?.throwIfAborted();
    const token = sample(next(tokens), settings, uniform[i]);
    tokens.push(token);
    onToken?.(tokenizer.decode([token]), token);
    if (breather.due) await breather.pause();
  }
  return tokenizer.decode(tokens.slice(prompted));
}

function isTokenizer(value: unknown): boolean {
  const { encode, decode, size } = Object(value) as Partial<Tokenizer>;
  return typeof encode === "function" && typeof decode === "function" && typeof size === "number";
}

function uniformNumbers(n: number, seed: number | null): Float32Array {
  const numbers = new Float32Array(n);
  const purpose = GENERATE.op;
  if (seed === null) fillUniform(numbers, purpose, 0, 1, currentSeed(), nextDraw(purpose));
  else fillUniform(numbers, purpose, 0, 1, seedOf(seed));
  return numbers;
}

/** Gives the logits of the next token, after all tokens so far. Each call adds tokens to those of the call before. */
type Follower = (tokens: readonly number[]) => ArrayLike<number>;

function follower(model: LanguageModel, size: number, wanted: number | null): Follower {
  const limit = wanted ?? model.contextLength ?? null;
  const modules = [...model.namedModules().values()];
  const { step } = model;
  if (step !== undefined) {
    return carrying(
      (tokens, state) =>
        inEvaluation(modules, () => {
          const { logits, state: after } = step.call(model, batchOf(tokens), state);
          return { last: lastLogits(logits, size), after };
        }),
      limit,
    );
  }
  const shown = limit ?? CONTEXT;
  return (tokens) => inEvaluation(modules, () => lastLogits(model.forward(batchOf(tokens.slice(-shown))), size));
}

/** Shows each token once, and carries the state along. @param limit the most tokens that a state can hold */
function carrying(
  step: (tokens: readonly number[], state: unknown) => { last: ArrayLike<number>; after: unknown },
  limit: number | null,
): Follower {
  let state: unknown = null;
  /** Tokens that the state holds, and all that were shown. */
  let [held, shown] = [0, 0];
  return (tokens) => {
    let fresh = tokens.slice(shown);
    if (limit !== null && held + fresh.length > limit) {
      // The state cannot hold more: a new one begins with the last tokens, half as many as it can hold.
      [state, held] = [null, 0];
      fresh = tokens.slice(-Math.ceil(limit / 2));
    }
    const { last, after } = step(fresh, state);
    [state, held, shown] = [after, held + fresh.length, tokens.length];
    return last;
  };
}

function batchOf(tokens: readonly number[]): Tensor {
  return new Tensor(dataStorage("int32", Int32Array.from(tokens), GENERATE.op), Object.freeze([1, tokens.length]));
}

/** The logits behind the last token. */
function lastLogits(logits: Tensor, size: number): ArrayLike<number> {
  const { rank, shape } = logits;
  if (rank === 3 && shape[0] === 1 && shape[1] > 0 && shape[2] === size) return logits.data.slice(-size);
  const mend = `The tokenizer has ${size} tokens.`;
  throw new ShapeError(message(GENERATE.op, `the model's logits have shape ${shapeText(shape)}; expected [1, T, ${size}]`, mend));
}
