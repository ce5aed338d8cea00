import pico from "picocolors";
import { streamBatches } from "../data/sequences.js";
import type { Labelled } from "../io/dataset.js";
import type { Model } from "../model/model.js";

/** How well a model tells the next character of a text. */
export interface Judgement {
  /** The mean of −ln p of each character, in nats. */
  natsPerCharacter: number;
}

/** A text in windows [n, length], one behind the other, with the tokens that follow. */
export function wholeWindows(tokens: Int32Array, length: number): Labelled {
  const [all] = streamBatches(tokens, { batchSize: Math.max(1, Math.floor((tokens.length - 1) / length)), length });
  return all;
}

/** Judges a compiled model. Each window begins without a state. */
export async function judgement(model: Model, windows: Labelled): Promise<Judgement> {
  const { loss } = await model.evaluate(windows, { batchSize: 64 });
  return { natsPerCharacter: loss };
}

/** The figures as text for people. */
export function judgementText({ natsPerCharacter }: Judgement): string {
  return `validation ${pico.bold(pico.green(natsPerCharacter.toFixed(3)))} nats a character (${(natsPerCharacter / Math.LN2).toFixed(3)} bits)`;
}
