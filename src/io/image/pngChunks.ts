import { message } from "../../errors/message.js";
import { crc32 } from "../crc32.js";
import { FileError } from "../error.js";
import { joined } from "../file.js";
import { type PngHeader, readPngHeader } from "./pngHeader.js";

/** The bytes with which every PNG file begins. */
export const PNG_SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What is needed of a PNG file. */
export interface PngContent {
  readonly header: PngHeader;
  /** Red, green, blue of each colour; null where pixels tell their colour themselves. */
  readonly palette: Uint8Array | null;
  /** The rows of pixels, as zlib data. */
  readonly packed: Uint8Array;
}

interface Chunk {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Reads a PNG file from chunk to chunk: length, name, content, CRC-32. What stands behind the last chunk is not looked at, since some
 * programs put things there.
 * @throws FileError for a wrong checksum, a missing chunk or one in the wrong place, or too many pixels
 */
export function readChunks(op: string, bytes: Uint8Array, maxPixels: number): PngContent {
  const damaged = (what: string) => new FileError(message(op, `${what}; the PNG file is damaged`, "Get the file again."));
  let header: PngHeader | null = null;
  let palette: Uint8Array | null = null;
  const data: Uint8Array[] = [];
  let before = "";
  for (const { name, content } of eachChunk(op, bytes)) {
    if (header === null) {
      if (name !== "IHDR") throw damaged(`the first chunk is ${name}; expected IHDR`);
      header = readPngHeader(op, content, maxPixels);
    } else if (name === "IHDR") throw damaged("there are two headers");
    else if (name === "PLTE") {
      const isPalette = content.length % 3 === 0 && content.length > 0 && content.length <= 3 * 256;
      if (!isPalette || palette !== null || data.length > 0) throw damaged(`a palette of ${content.length} bytes stands in a wrong place`);
      palette = content;
    } else if (name === "IDAT") {
      if (data.length > 0 && before !== "IDAT") throw damaged("the pixels are torn apart by other chunks");
      data.push(content);
    } else if (name === "IEND") break;
    // A capital letter in front: who does not know the chunk cannot show the image.
    else if (/^[A-Z]/.test(name)) throw damaged(`the chunk ${name} is unknown`);
    before = name;
  }
  if (header === null || data.length === 0) throw damaged("it has no pixels");
  if (header.indexed && palette === null) throw damaged("it has no palette");
  return { header, palette: header.indexed ? palette : null, packed: data.length === 1 ? data[0] : joined(op, data) };
}

/** The chunks up to IEND, each with its checksum compared. */
function* eachChunk(op: string, bytes: Uint8Array): Generator<Chunk, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) break;
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (view.getUint32(end) !== crc32(bytes.subarray(at + 4, end))) {
      throw new FileError(message(op, `the chunk at byte ${at} has a wrong checksum; the PNG file is damaged`, "Get the file again."));
    }
    yield { name, content: bytes.subarray(at + 8, end) };
    if (name === "IEND") return;
    at = end + 4;
  }
  throw new FileError(message(op, `the PNG file has no end at ${bytes.length} bytes; it is truncated`, "Get the file again."));
}
