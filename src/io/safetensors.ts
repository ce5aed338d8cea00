import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice } from "../options/kinds.js";
import { option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { decode, FORMATS } from "./elements.js";
import { asItIs, type Encoded, type Encoder, FLOAT_TYPES, floatsAs } from "./encode.js";
import { checkBytes } from "./file.js";
import { checkText, type NamedTensors, namedTensors } from "./named.js";
import { headerEnd, LENGTH_BYTES, MAX_HEADER_BYTES, METADATA, readHeader } from "./safetensorsHeader.js";

/** The content of a safetensors file. */
export interface Safetensors {
  /** The tensors by name, in the order of their bytes in the file. */
  tensors: Map<string, Tensor>;
  /** The texts of the metadata by name. */
  metadata: Record<string, string>;
}

/**
 * The tensors of a safetensors file. Its format is eight bytes with the header's length, little-endian; the header, which is JSON with
 * the element type, shape and place of each tensor; and the elements. The reader is strict: it refuses elements that overlap, gaps
 * between them, missing elements and names that stand twice.
 *
 * F64, F32, I32, U8 and BOOL keep their type; F16 and BF16 become float32; I8, I16, U16, U32, I64 and U64 become int32, if all
 * elements fit.
 *
 * @param bytes the whole file, whose elements are copied
 * @param op name of the calling function, with which errors begin; default "parseSafetensors"
 * @throws FileError that says what is wrong, and with which tensor
 * @throws DTypeError for other element types, ShapeError for more than eight axes, ArgumentError for anything but bytes
 * @example
 * const { tensors, metadata } = parseSafetensors(serializeSafetensors({ weight: tensor([1, 2]) }));
 * tensors.get("weight"); // [1, 2]
 */
export function parseSafetensors(bytes: Uint8Array | ArrayBuffer, op = "parseSafetensors"): Safetensors {
  checkArity("parseSafetensors", arguments.length, 2);
  if (typeof op !== "string") throw new ArgumentError(message("parseSafetensors", `op is ${kindText(op)}; expected a string`));
  const file = checkBytes(op, bytes);
  const { entries, metadata, start } = readHeader(op, file.subarray(0, headerEnd(op, file, file.length)), file.length);
  const tensors = new Map<string, Tensor>();
  for (const entry of entries) {
    const elements = decode(op, entry, file.slice(start + entry.begin, start + entry.end));
    tensors.set(entry.name, new Tensor(dataStorage(FORMATS[entry.format].dtype, elements, op), Object.freeze(entry.shape)));
  }
  return { tensors, metadata };
}

/** Texts that stand in a file beside its tensors. */
export const metadataOption = option<Readonly<Record<string, string>>, { default: Record<string, string> }>(
  "an object of texts by name",
  isPlain,
  { default: {} },
);

/** The element type of floating-point tensors in a file. */
export const dtypeOption = choice(FLOAT_TYPES, { default: null });

const SERIALIZE = declare("serializeSafetensors", {
  /** Texts by name that the file holds beside the tensors. Default none. */
  metadata: metadataOption,
  /**
   * Element type in which floating-point tensors are written: "float64", "float32", "float16" or "bfloat16". Numbers are rounded to the
   * nearest, those too large become infinite, and NaN stays NaN, as in PyTorch. Default null: each in its own.
   */
  dtype: dtypeOption,
});

/** Options of `serializeSafetensors`. */
export interface SafetensorsOptions extends OptionsOf<typeof SERIALIZE> {}

/**
 * The bytes of a safetensors file, as Python's safetensors writes them: tensors with the widest elements first, then by name, and the
 * header filled up with spaces to a multiple of eight bytes. So the same tensors give the same bytes, whatever their order.
 *
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param options.metadata texts by name; default none
 * @param options.dtype element type of floating-point tensors in the file; default their own
 * @throws ArgumentError for anything but tensors and texts, for the name "__metadata__" and for names with half a surrogate pair
 * @throws ReleasedError for a tensor that its graph has released, MemoryError where the bytes do not fit into one array
 * @example
 * const bytes = serializeSafetensors(new Linear(2, 3).stateDict(), { metadata: { format: "pt" }, dtype: "bfloat16" });
 */
export function serializeSafetensors(tensors: NamedTensors, options?: SafetensorsOptions): Uint8Array {
  const op = "serializeSafetensors";
  checkArity(op, arguments.length, 2);
  const { metadata, dtype } = SERIALIZE.readOptions(options);
  return wholeFile(op, safetensorsFile(op, tensors, metadata, floatsAs(op, dtype)));
}

/** What a safetensors file consists of. Its pieces are views that hold until the next one is taken; the elements are not copied. */
export interface SafetensorsFile {
  /** Bytes of the whole file. */
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** The bytes of a file, in one array. @throws MemoryError where they do not fit into one */
export function wholeFile(op: string, { size, pieces }: SafetensorsFile): Uint8Array {
  const bytes = hostArray(op, "uint8", size) as Uint8Array;
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** The order of the element types in a file: the widest first, so that all elements are aligned. */
const ORDER = ["F64", "F32", "I32", "BF16", "F16", "U8", "BOOL"];

/** The file that `serializeSafetensors` makes, in pieces. @throws ArgumentError before the first piece is taken */
export function safetensorsFile(
  op: string,
  tensors: NamedTensors,
  metadata: Readonly<Record<string, string>>,
  encoder: Encoder = asItIs,
): SafetensorsFile {
  if (!isPlain(metadata))
    throw new ArgumentError(message(op, `the metadata are ${kindText(metadata)}; expected an object of texts by name`));
  const named = namedTensors(op, tensors).map(([name, tensor]) => {
    if (name === METADATA) throw new ArgumentError(message(op, `"${METADATA}" is no name for a tensor; the format keeps it`));
    return { name, shape: tensor.shape, encoded: encoder(tensor) };
  });
  named.sort((a, b) => ORDER.indexOf(a.encoded.format) - ORDER.indexOf(b.encoded.format) || (a.name < b.name ? -1 : 1));

  const parts: string[] = [];
  if (Object.keys(metadata).length > 0) parts.push(`"${METADATA}":${metadataText(op, metadata)}`);
  let end = 0;
  for (const { name, shape, encoded } of named) {
    const begin = end;
    end += encoded.bytes;
    parts.push(`${JSON.stringify(name)}:{"dtype":"${encoded.format}","shape":[${shape.join(",")}],"data_offsets":[${begin},${end}]}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new ArgumentError(
      message(op, `the header has ${headerBytes} bytes; the format allows ${MAX_HEADER_BYTES}`, "Shorten the metadata."),
    );
  }

  return {
    size: LENGTH_BYTES + headerBytes + end,
    pieces: pieces(
      header,
      headerBytes,
      named.map(({ encoded }) => encoded),
    ),
  };
}

function* pieces(header: Uint8Array, headerBytes: number, tensors: readonly Encoded[]): Generator<Uint8Array> {
  const head = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.set(header, LENGTH_BYTES);
  yield head;
  for (const tensor of tensors) yield tensor.elements();
}

function metadataText(op: string, metadata: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(metadata)) {
    checkText(op, "the metadata's name", name);
    checkText(op, `the metadata's ${kindText(name)}`, text);
  }
  return JSON.stringify(metadata);
}
