import type { PngHeader } from "./pngHeader.js";

/** The pixels of a pass: every `stepX`-th from column `left` on in every `stepY`-th row from `top` on. */
export interface Pass {
  readonly left: number;
  readonly top: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
  /** Bytes of a row of the pass, without the one that names its filter. */
  readonly rowBytes: number;
}

/** The seven passes of Adam7: left, top, stepX, stepY. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes in which the pixels of an image come: one, or the seven of Adam7 but those without a pixel. */
export function passesOf({ width, height, depth, channels, interlaced }: PngHeader): Pass[] {
  const all = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return all
    .map(([left, top, stepX, stepY]) => {
      const [across, down] = [Math.ceil((width - left) / stepX), Math.ceil((height - top) / stepY)];
      return { left, top, stepX, stepY, width: across, height: down, rowBytes: Math.ceil((across * depth * channels) / 8) };
    })
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** The samples of rows as bytes: those of 1, 2 and 4 bits spread over 0 … 255, those of 16 bits rounded. Numbers of colours stay. */
export function samplesOf(rows: Uint8Array, { width, height, rowBytes }: Pass, { depth, channels, indexed }: PngHeader): Uint8Array {
  const row = width * channels;
  if (depth === 8) return rows;
  const samples = new Uint8Array(row * height);
  if (depth === 16) {
    for (let i = 0; i < samples.length; i++) samples[i] = Math.round((256 * rows[2 * i] + rows[2 * i + 1]) / 257);
    return samples;
  }
  const most = (1 << depth) - 1;
  const scale = indexed ? 1 : 255 / most;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < row; x++) {
      const bit = x * depth;
      samples[y * row + x] = ((rows[y * rowBytes + (bit >> 3)] >> (8 - depth - (bit & 7))) & most) * scale;
    }
  }
  return samples;
}
