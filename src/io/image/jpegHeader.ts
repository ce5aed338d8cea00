import { message } from "../../errors/message.js";
import { FileError } from "../error.js";
import { checkPixels } from "./limits.js";

/** The second byte of the markers that matter. Each stands behind a byte 0xff. */
const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
/** Frames that are read: baseline, extended, progressive, all with Huffman codes. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Frames that are not: lossless, hierarchical, with arithmetic codes. 0xc4, 0xc8 and 0xcc among them begin no frame. */
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** Progressive files have about ten scans. Each goes through all pixels, so that thousands of empty ones would take forever. */
const MOST_SCANS = 100;

/**
 * Walks through a JPEG file (ISO 10918-1) from marker to marker, up to the one that ends the image, and refuses what the decoder would
 * fill up, or could not hold. What stands behind the image is not looked at: telephones put films there.
 * @throws FileError for a file that is truncated, of a kind that is not read, or has more pixels than `maxPixels`
 */
export function checkJpeg(op: string, bytes: Uint8Array, maxPixels: number): void {
  const truncated = () => new FileError(message(op, `the JPEG file has no end at ${bytes.length} bytes; it is truncated`, "Get it again."));
  let pixels = 0;
  let scans = 0;
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) throw truncated();
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === EOI) break;
    if (at + 2 > bytes.length) throw truncated();
    // A byte 0xff of the pixels is followed by 0; 0xd0 to 0xd7 stand between them; a segment begins with its length.
    if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    if (marker === SOI) throw damaged(op, "a second image begins before the first ends");
    const end = at + (bytes[at] << 8) + bytes[at + 1];
    if (end < at + 2 || end > bytes.length) throw truncated();
    if (OTHER_FRAMES.includes(marker))
      throw unread(op, `the frame is of the kind 0x${marker.toString(16)}, lossless, hierarchical or arithmetic`);
    if (FRAMES.includes(marker)) {
      if (pixels > 0) throw damaged(op, "it has two frames");
      pixels = checkFrame(op, bytes.subarray(at + 2, end), maxPixels);
    }
    if (marker === SOS && (pixels === 0 || ++scans > MOST_SCANS)) {
      throw damaged(op, pixels === 0 ? "its pixels stand before its size" : `it has more than ${MOST_SCANS} scans`);
    }
    at = end;
  }
  if (scans === 0) throw damaged(op, "it has no pixels");
  // Each block of 8 × 8 pixels needs a bit at least.
  if (8 * at < pixels / 64) throw damaged(op, `${at} bytes cannot hold its ${pixels} pixels`);
}

/** Reads the size from the content of a frame's header. @returns the number of pixels */
function checkFrame(op: string, content: Uint8Array, maxPixels: number): number {
  if (content.length < 6) throw damaged(op, `its frame has ${content.length} bytes`);
  const [bits, components] = [content[0], content[5]];
  const [height, width] = [(content[1] << 8) + content[2], (content[3] << 8) + content[4]];
  if (content.length !== 6 + 3 * components) throw damaged(op, `its frame of ${components} components has ${content.length} bytes`);
  if (bits !== 8) throw unread(op, `it has ${bits} bits a sample; 8 are read`);
  if (components === 4) throw unread(op, "its colours are CMYK; grey and RGB are read");
  if (components !== 1 && components !== 3) throw unread(op, `it has ${components} components; 1 or 3 are read`);
  checkPixels(op, width, height, maxPixels);
  return width * height;
}

function damaged(op: string, what: string): FileError {
  return new FileError(message(op, `the JPEG file is damaged: ${what}`, "Get the file again."));
}

function unread(op: string, what: string): FileError {
  return new FileError(message(op, `this JPEG file is not read: ${what}`, "Save it again as an ordinary JPEG or PNG file."));
}
