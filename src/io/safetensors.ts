import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { isMap } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { checkTensor } from "../tensor/check.js";
import { dataStorage, hostArray } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { decode, FORMATS, WRITTEN } from "./elements.js";
import { checkBytes } from "./file.js";
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

/**
 * The bytes of a safetensors file, as Python's safetensors writes them: tensors with the widest elements first, then by name, and the
 * header filled up with spaces to a multiple of eight bytes. So the same tensors give the same bytes, whatever their order.
 *
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param metadata texts by name; default none
 * @throws ArgumentError for anything but tensors and texts, for the name "__metadata__" and for names with half a surrogate pair
 * @throws ReleasedError for a tensor that its graph has released, MemoryError where the bytes do not fit into one array
 * @example
 * const bytes = serializeSafetensors(new Linear(2, 3).stateDict(), { format: "pt" });
 */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const op = "serializeSafetensors";
  checkArity(op, arguments.length, 2);
  const { size, pieces } = safetensorsFile(op, tensors, metadata);
  const bytes = hostArray(op, "uint8", size) as Uint8Array;
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** What a safetensors file consists of. Its pieces are views that hold until the next one is taken; the elements are not copied. */
export interface SafetensorsFile {
  /** Bytes of the whole file. */
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** The file that `serializeSafetensors` makes, in pieces. @throws ArgumentError before the first piece is taken */
export function safetensorsFile(
  op: string,
  tensors: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>>,
): SafetensorsFile {
  const widths = Object.keys(WRITTEN);
  if (!isMap<string, Tensor>(tensors) && !isPlain(tensors))
    throw new ArgumentError(message(op, `the tensors are ${kindText(tensors)}; expected a Map or an object of tensors by name`));
  if (!isPlain(metadata))
    throw new ArgumentError(message(op, `the metadata are ${kindText(metadata)}; expected an object of texts by name`));
  const named: [string, Tensor][] = [...(isMap<string, Tensor>(tensors) ? tensors : Object.entries(tensors))];
  for (const [name, value] of named) {
    checkText(op, "the name", name);
    if (name === METADATA) throw new ArgumentError(message(op, `"${METADATA}" is no name for a tensor; the format keeps it`));
    checkTensor(op, kindText(name), value);
  }
  named.sort(([a, x], [b, y]) => widths.indexOf(x.dtype) - widths.indexOf(y.dtype) || (a < b ? -1 : 1));

  const parts: string[] = [];
  if (Object.keys(metadata).length > 0) parts.push(`"${METADATA}":${metadataText(op, metadata)}`);
  let end = 0;
  for (const [name, { dtype, shape, storage }] of named) {
    const begin = end;
    end += storage.bytes;
    const [format, shapeText] = [WRITTEN[dtype], shape.join(",")];
    parts.push(`${JSON.stringify(name)}:{"dtype":"${format}","shape":[${shapeText}],"data_offsets":[${begin},${end}]}`);
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new ArgumentError(
      message(op, `the header has ${headerBytes} bytes; the format allows ${MAX_HEADER_BYTES}`, "Shorten the metadata."),
    );
  }

  return { size: LENGTH_BYTES + headerBytes + end, pieces: pieces(header, headerBytes, named) };
}

function* pieces(header: Uint8Array, headerBytes: number, named: readonly (readonly [string, Tensor])[]): Generator<Uint8Array> {
  const head = new Uint8Array(LENGTH_BYTES + headerBytes).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.set(header, LENGTH_BYTES);
  yield head;
  for (const [, { storage }] of named) {
    const elements = storage.readable();
    yield new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
  }
}

function metadataText(op: string, metadata: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(metadata)) {
    checkText(op, "the metadata's name", name);
    checkText(op, `the metadata's ${kindText(name)}`, text);
  }
  return JSON.stringify(metadata);
}

/** Refuses halves of surrogate pairs: UTF-8 cannot hold them, and other readers refuse them in JSON. */
function checkText(op: string, what: string, text: unknown): void {
  if (typeof text === "string" && !/\p{Surrogate}/u.test(text)) return;
  throw new ArgumentError(
    message(op, `${what} is ${kindText(text)}; expected a string${typeof text === "string" ? " of whole characters" : ""}`),
  );
}
