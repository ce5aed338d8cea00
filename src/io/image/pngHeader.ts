import { message } from "../../errors/message.js";
import { FileError } from "../error.js";
import { checkPixels } from "./limits.js";

/** What the first chunk of a PNG file says. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** Samples of a pixel: 1 where it is grey or the number of a colour, 2 with alpha, 3, 4 with alpha. */
  readonly channels: number;
  /** Whether samples are numbers of colours in a palette. */
  readonly indexed: boolean;
  /** Whether the pixels come in the seven passes of Adam7. */
  readonly interlaced: boolean;
}

/** By the type of colour: the channels, and the bits that a sample may have. */
const COLOURS: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** Reads the content of the chunk IHDR. @throws FileError for anything that the format does not know, or too many pixels */
export function readPngHeader(op: string, content: Uint8Array, maxPixels: number): PngHeader {
  if (content.length !== 13) throw new FileError(message(op, `the PNG header has ${content.length} bytes; expected 13`));
  const view = new DataView(content.buffer, content.byteOffset, 13);
  const [width, height, depth, type] = [view.getUint32(0), view.getUint32(4), content[8], content[9]];
  const colour = COLOURS[type];
  if (!colour?.depths.includes(depth) || content[10] !== 0 || content[11] !== 0 || content[12] > 1) {
    throw new FileError(
      message(
        op,
        `the PNG header has colour type ${type} of ${depth} bits, compression ${content[10]}, filter ${content[11]}, interlace ${content[12]}; the format knows no such image`,
      ),
    );
  }
  checkPixels(op, width, height, maxPixels);
  return { width, height, depth, channels: colour.channels, indexed: type === 3, interlaced: content[12] === 1 };
}
