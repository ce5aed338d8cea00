/** Checkpoints read without the library: what holds here holds for any tool. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The files of a checkpoint, the newest first. */
export function generations(folder, name = "run") {
  const numbers = readdirSync(folder).flatMap((file) => file.match(new RegExp(`^${name}\\.(\\d+)\\.safetensors$`))?.[1] ?? []);
  const paths = numbers.sort((a, b) => a - b).map((number) => join(folder, `${name}.${number}.safetensors`));
  const newest = join(folder, `${name}.safetensors`);
  return existsSync(newest) ? [newest, ...paths] : paths;
}

/** Where the parts of a safetensors file are. @throws Error for what is none */
export function anatomy(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  const text = bytes.toString("utf8", 8, 8 + length);
  const { __metadata__: metadata, ...entries } = JSON.parse(text);
  const ends = Object.values(entries).map(({ data_offsets: [, end] }) => end);
  const end = Math.max(0, ...ends);
  if (8 + length + end !== bytes.length) throw new Error(`the file has ${bytes.length} bytes; its header tells ${8 + length + end}`);
  return { length, text, metadata, entries };
}

/** The number of batches that a whole checkpoint was written after. @throws Error unless it is whole */
export function batchesOf(path) {
  const bytes = readFileSync(path);
  const { text, metadata } = anatomy(bytes);
  const digest = metadata["simdgrad.sha256"];
  const at = 8 + Buffer.byteLength(text.slice(0, text.indexOf(digest)));
  const zeroed = Buffer.from(bytes);
  zeroed.fill("0", at, at + digest.length);
  if (createHash("sha256").update(zeroed).digest("hex") !== digest) throw new Error("the sum of its bytes is another");
  const { state } = JSON.parse(metadata["simdgrad.checkpoint"]);
  return state.training.callbacks.find(({ type }) => type === "Teller").state.batches;
}
