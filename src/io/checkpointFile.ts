import { SimdgradError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { SavedState } from "../tensor/savedState.js";
import type { Tensor } from "../tensor/tensor.js";
import { DIGEST, PREFIX, STATE } from "./checkpointNames.js";
import { beginSha256, DIGEST_DIGITS } from "./digest.js";
import { FileError } from "./error.js";
import { type OpenFile, withFile } from "./file.js";
import { type Path, pathText } from "./node.js";
import { pack, unpack } from "./packed.js";
import { safetensorsFile } from "./safetensors.js";
import { headerEnd, LENGTH_BYTES, readHeader } from "./safetensorsHeader.js";
import { TensorFile } from "./tensorFile.js";

/**
 * A checkpoint is a safetensors file. The weights have their own names, so that whatever reads weights reads those of a checkpoint; the
 * other tensors of the state have names that begin with "checkpoint/". The state itself is JSON in the metadata. So is the SHA-256 of the
 * whole file, taken with zeros in the place of its digits: a file that is cut, torn or changed in any bit is known for it.
 */

const NO_DIGEST = "0".repeat(DIGEST_DIGITS);

/** The version of the form that is written. Older ones stay readable. */
const FORMAT = 1;

/** Bytes that are summed at once. */
const PIECE = 16 << 20;

/** What a checkpoint holds. */
export interface CheckpointContent {
  readonly weights: Map<string, Tensor>;
  readonly state: SavedState;
  /** Texts by name, such as the architecture of the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The file in pieces, as `safetensorsFile` gives it. All tensors are read twice. @throws ArgumentError for what is no state */
export function checkpointPieces(op: string, { weights, state, metadata }: CheckpointContent): Iterable<Uint8Array> {
  const packed = pack(op, state, PREFIX);
  const tensors = new Map([...weights, ...packed.tensors]);
  const json = JSON.stringify({ format: FORMAT, state: packed.json });
  const file = (digest: string) => safetensorsFile(op, tensors, { ...metadata, [STATE]: json, [DIGEST]: digest });
  const hash = beginSha256(op);
  for (const piece of file(NO_DIGEST).pieces) hash.update(piece);
  return file(hash.digest("hex")).pieces;
}

/**
 * Reads a checkpoint whose sum is right.
 * @throws FileError that says what is wrong with the file
 */
export function readCheckpoint(op: string, path: Path): Promise<CheckpointContent> {
  return withFile(path, op, async (file) => {
    const text = pathText(op, path);
    try {
      return await contentOf(op, file, text);
    } catch (error) {
      // Whatever is wrong with numbers, shapes or types in there is the file's fault.
      if (error instanceof FileError || !(error instanceof SimdgradError)) throw error;
      throw new FileError(error.message);
    }
  });
}

async function contentOf(op: string, file: OpenFile, path: string): Promise<CheckpointContent> {
  const end = headerEnd(op, await file.read(0, Math.min(LENGTH_BYTES, file.size)), file.size);
  const head = await file.read(0, end);
  const at = digestAt(head);
  if (at === null) throw new FileError(message(op, `${path} holds no checkpoint, or is damaged: it has no sum of its bytes`));
  const written = new TextDecoder().decode(head.subarray(at, at + DIGEST_DIGITS));
  if (written !== (await digestOf(op, file, head, at)))
    throw new FileError(message(op, `${path} is damaged: the SHA-256 of its bytes is not the one that was written`));
  const { entries, metadata, start } = readHeader(op, head, file.size);
  const { [STATE]: json = "null", [DIGEST]: _, ...rest } = metadata;
  const described: unknown = JSON.parse(json);
  const { format, state } = (described ?? {}) as { format?: unknown; state?: unknown };
  if (format !== FORMAT) {
    const mend = typeof format === "number" && format > FORMAT ? "A newer version of simdgrad wrote it: update simdgrad." : undefined;
    throw new FileError(message(op, `${path} has the form ${kindText(format)} of a checkpoint; known: ${FORMAT}`, mend));
  }
  const tensors = await new TensorFile(op, file, entries, metadata, start).tensors();
  const weights = new Map([...tensors].filter(([name]) => !name.startsWith(PREFIX)));
  return { weights, state: unpack(op, state, tensors), metadata: rest };
}

/** Where in the header the digits of the sum begin; null: nowhere. Within a JSON text the quotes around the name would be escaped. */
function digestAt(head: Uint8Array): number | null {
  const key = new TextEncoder().encode(`"${DIGEST}":"`);
  outer: for (let at = head.length - key.length - DIGEST_DIGITS; at >= LENGTH_BYTES; at--) {
    for (let i = 0; i < key.length; i++) if (head[at + i] !== key[i]) continue outer;
    return at + key.length;
  }
  return null;
}

/** @param at where the digits begin, which count as zeros */
async function digestOf(op: string, file: OpenFile, head: Uint8Array, at: number): Promise<string> {
  const hash = beginSha256(op);
  const zeroed = head.slice();
  zeroed.fill(NO_DIGEST.charCodeAt(0), at, at + DIGEST_DIGITS);
  hash.update(zeroed);
  for (let from = head.length; from < file.size; from += PIECE) hash.update(await file.read(from, Math.min(from + PIECE, file.size)));
  return hash.digest("hex");
}
