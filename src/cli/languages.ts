import type { LanguageModel } from "../data/languageModel.js";
import type { Model } from "../model/model.js";
import { charModel } from "../models/charModel.js";
import { gpt } from "../models/gpt.js";
import type { Defaults } from "./networks.js";

/** A model of text by its name on the command line. */
export interface Language {
  /** What it is, for --help. */
  readonly about: string;
  /** @param vocabulary number of tokens @param length tokens of a sequence in training */
  build(vocabulary: number, length: number): Model & LanguageModel;
  /** `sequence` is the number of tokens in a sequence. */
  readonly defaults: Defaults & { readonly sequence: number };
}

/** The models of text by their names on the command line. */
export const LANGUAGES = {
  lstm: recurrent("lstm", "embedding of 64, LSTM of 128 units", 5e-3),
  gru: recurrent("gru", "the same with a GRU", 5e-3),
  rnn: recurrent("rnn", "the same with a plain recurrent layer", 2e-3),
  gpt: {
    about: "a Transformer of 4 layers, 4 heads, 128 numbers a character",
    build: (vocabulary, context) => gpt({ vocabulary, context }),
    defaults: { epochs: 4, batch: 32, sequence: 64, optimizer: { name: "adam", learningRate: 1e-3, globalClipNorm: 1 } },
  },
} satisfies Record<string, Language> as Record<LanguageName, Language>;

export type LanguageName = "lstm" | "gru" | "rnn" | "gpt";

function recurrent(cell: "lstm" | "gru" | "rnn", about: string, learningRate: number): Language {
  return {
    about,
    build: (vocabulary) => charModel(vocabulary, { cell }),
    defaults: { epochs: 5, batch: 32, sequence: 64, optimizer: { name: "adam", learningRate, globalClipNorm: 1 } },
  };
}
