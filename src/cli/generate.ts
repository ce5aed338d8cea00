import { CharTokenizer } from "../data/charTokenizer.js";
import { generate as goOn } from "../data/generate.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { Interruption } from "./interrupt.js";
import { open } from "./open.js";
import { jsonLine, print } from "./output.js";

export interface GenerateOptions {
  prompt: string;
  length: number;
  temperature: number;
  topK?: number;
  seed: number;
  json?: boolean;
}

/**
 * Goes on with a text by a model that `train` saved, and writes each character as soon as it is chosen.
 * @returns false if it was interrupted
 */
export async function generate(file: string, { prompt, json, ...settings }: GenerateOptions): Promise<boolean> {
  const model = await open("generate", file);
  const { tokenizer: kept } = model.metadata;
  if (kept === undefined) {
    const mend = "Train one: simdgrad train shakespeare --model lstm.";
    throw new ArgumentError(message("generate", `the model in ${file} has no tokenizer in its metadata, so it is no model of text`, mend));
  }
  const interruption = new Interruption();
  try {
    const tokenizer = CharTokenizer.fromJSON(JSON.parse(kept));
    const onToken = json ? undefined : (text: string) => process.stdout.write(text);
    if (!json) process.stdout.write(prompt);
    const text = await interruption.guard(goOn(model, tokenizer, { prompt, ...settings, onToken, signal: interruption.signal }));
    if (json && text !== null) jsonLine({ event: "result", prompt, text, model: file, ...settings });
    if (!json) print("");
    return text !== null;
  } finally {
    interruption.dispose();
  }
}
