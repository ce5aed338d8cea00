import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { anatomy } from "./files.mjs";

/** Microseconds in which a file of some thousand bytes is read, whatever is wrong with it. */
const LONGEST = 5_000_000;

/**
 * Flips a bit in every class of byte of a small checkpoint, and cuts it at the edges of each: it must be told, and the one before it used.
 * @param every how many bytes of a class are tried: 1 for one, Infinity for all
 */
export async function damageFiles(folder, { simdgrad, every, random }) {
  const { Adam, Checkpoint, Linear, ones } = simdgrad;
  const counts = { flips: 0, cuts: 0, classes: [], failures: [] };
  const path = join(folder, "small.safetensors");
  const model = new Linear(3, 2);
  const optimizer = new Adam(model.parameters());
  const checkpoint = new Checkpoint({ path, keep: 2 });
  for (const epoch of [1, 2]) {
    model
      .forward(ones([1, 3]))
      .sum()
      .backward();
    optimizer.step();
    optimizer.zeroGrad();
    await checkpoint.save({ model, optimizer, epoch, list: [Number.NaN, -0, 0.1], name: "small" });
  }
  const bytes = readFileSync(path);
  const older = readFileSync(join(folder, "small.1.safetensors"));
  /** Reads a damaged file, alone and beside the one before it. */
  const check = async (damaged, what) => {
    const alone = join(folder, "alone.safetensors");
    writeFileSync(alone, damaged);
    const begin = process.cpuUsage();
    try {
      await new Checkpoint(alone).restore({ model, optimizer });
      counts.failures.push(`${what}: it is read as if it were whole`);
    } catch (error) {
      if (!(error instanceof simdgrad.FileError)) counts.failures.push(`${what}: ${error.stack}`);
    }
    // Of the processor's time: a busy machine may let it wait.
    const { user } = process.cpuUsage(begin);
    if (user > LONGEST) counts.failures.push(`${what}: it took ${user / 1e6} s`);
  };
  for (const [name, from, to] of classesOf(bytes)) {
    const length = to - from;
    counts.classes.push(`${name} (${length})`);
    const places = every >= length ? Array.from({ length }, (_, i) => i) : Array.from({ length: every }, () => random.below(length));
    for (const place of places) {
      const bit = random.below(8);
      const damaged = Buffer.from(bytes);
      damaged[from + place] ^= 1 << bit;
      await check(damaged, `bit ${bit} of byte ${from + place}, in ${name}`);
      counts.flips++;
    }
    for (const end of new Set([from, from + 1, Math.floor((from + to) / 2), to - 1])) {
      await check(bytes.subarray(0, end), `cut after ${end} bytes, in ${name}`);
      counts.cuts++;
    }
  }
  await check(Buffer.concat([bytes, Buffer.alloc(1)]), "a byte more");
  await check(
    Buffer.concat([bytes.subarray(0, 4096 % bytes.length), Buffer.alloc(bytes.length - (4096 % bytes.length))]),
    "zeros from a page on",
  );
  // The one before it is used.
  const torn = Buffer.from(bytes);
  torn[bytes.length - 1] ^= 1;
  writeFileSync(path, torn);
  const found = await new Checkpoint({ path, keep: 2 }).restore({ model, optimizer });
  if (found?.epoch !== 1) counts.failures.push(`beside a torn file the one before it was not used: ${JSON.stringify(found)}`);
  if (!readFileSync(join(folder, "small.1.safetensors")).equals(older)) counts.failures.push("reading changed the file before");
  return counts;
}

/** The parts of a checkpoint: name, first byte, and the byte behind the last. */
function classesOf(bytes) {
  const { length, text, metadata, entries } = anatomy(bytes);
  const digest = metadata["simdgrad.sha256"];
  const state = JSON.stringify(metadata["simdgrad.checkpoint"]).slice(1, -1);
  const at = (part) => {
    const index = text.indexOf(part);
    if (index < 0) throw new Error(`the header has no ${part.slice(0, 40)}`);
    return 8 + Buffer.byteLength(text.slice(0, index));
  };
  const [digestAt, stateAt, start] = [at(digest), at(state), 8 + length];
  const end = 8 + Buffer.byteLength(text.trimEnd());
  const parts = [
    ["the header's length", 0, 8],
    ["the sum's digits", digestAt, digestAt + digest.length],
    ["the sum's name", at('"simdgrad.sha256"'), at('"simdgrad.sha256"') + 17],
    ["the state", stateAt, stateAt + Buffer.byteLength(state)],
    ["the name of the state", at('"simdgrad.checkpoint"'), at('"simdgrad.checkpoint"') + 21],
    ["the spaces behind the header", end, start],
    ...Object.entries(entries).flatMap(
      ([
        name,
        {
          data_offsets: [from, to],
        },
      ]) => [
        [`the entry of ${name}`, at(JSON.stringify(name)), at(JSON.stringify(entries[name])) + JSON.stringify(entries[name]).length],
        [`the elements of ${name}`, start + from, start + to],
      ],
    ),
  ].filter(([, from, to]) => to > from);
  const known = new Uint8Array(bytes.length);
  for (const [, from, to] of parts) known.fill(1, from, to);
  // What lies between them: braces, commas, the names of the metadata.
  for (let i = 0; i < bytes.length; i++) {
    let j = i;
    while (j < bytes.length && known[j] === 0) j++;
    if (j > i) parts.push(["between the parts of the header", i, j]);
    i = j;
  }
  return parts;
}
