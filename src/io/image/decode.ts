import { message } from "../../errors/message.js";
import { FileError } from "../error.js";
import { decodeJpeg } from "./jpeg.js";
import { decodePng } from "./png.js";
import { PNG_SIGNATURE } from "./pngChunks.js";
import type { Raster } from "./raster.js";

/**
 * Decodes the bytes of a PNG or JPEG file. They themselves tell which it is, not the file's name.
 * @param maxPixels larger images are refused before anything is allocated for them
 * @throws FileError for other files, for damaged and truncated ones, for too many pixels
 * @throws PeerError for JPEG, if its decoder is not installed
 */
export async function decodeImage(op: string, bytes: Uint8Array, maxPixels: number): Promise<Raster> {
  if (PNG_SIGNATURE.every((byte, i) => bytes[i] === byte)) return decodePng(op, bytes, maxPixels);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decodeJpeg(op, bytes, maxPixels);
  const begin = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FileError(
    message(op, `the file begins with ${begin || "nothing"}; a PNG file begins with 89 50 4e 47, a JPEG file with ff d8`),
  );
}
