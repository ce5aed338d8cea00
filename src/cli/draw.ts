import pico from "picocolors";

/** A confusion matrix as a table, with dots for zeros. @param columns the characters of a line */
export function confusionText(
  counts: readonly (readonly number[])[],
  names: readonly string[],
  columns = process.stdout.columns || 80,
): string {
  const widest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const digits = widest(counts.flat().map(String));
  // Where the names are too long to stand side by side, columns have numbers, which stand before the names of the rows, too.
  const isNarrow = widest(names) + names.length * (Math.max(widest(names), digits) + 2) <= columns;
  const heads = isNarrow ? names : names.map((_, i) => String(i));
  const labels = isNarrow ? names : names.map((name, i) => `${String(i).padStart(widest(heads))} ${name}`);
  const [label, width] = [widest(labels), Math.max(widest(heads), digits) + 2];
  const head = " ".repeat(label) + heads.map((name) => name.padStart(width)).join("");
  const rows = counts.map((row, i) => {
    const cells = row.map((count, j) => {
      const text = (count === 0 ? "·" : String(count)).padStart(width);
      return count === 0 ? pico.dim(text) : i === j ? pico.green(text) : pico.red(text);
    });
    return (isNarrow ? labels[i].padStart(label) : labels[i].padEnd(label)) + cells.join("");
  });
  return [pico.dim(head), ...rows].join("\n");
}

export interface Picture {
  /** side · side numbers from 0 to 1 */
  pixels: Float32Array;
  caption: readonly string[];
}

const INK = [" ", "░", "▒", "▓", "█"];
const GAP = "   ";

/** The number of images that fit side by side, at least one. */
export function imagesAcross(side: number, columns: number): number {
  const width = 2 * Math.ceil(side / scaleOf(side));
  return Math.max(1, Math.floor((columns + GAP.length) / (width + GAP.length)));
}

/** The side of the square of pixels that becomes one shade: large images are drawn at half their size. */
function scaleOf(side: number): number {
  return side > 16 ? 2 : 1;
}

/** Square images side by side, in characters of different darkness. A pixel is two characters, which are twice as high as wide. */
export function imagesText(images: readonly Picture[], side: number): string {
  const scale = scaleOf(side);
  const rows = Math.ceil(side / scale);
  const width = Math.max(2 * rows, ...images.flatMap(({ caption }) => caption.map((line) => line.length)));
  const columns = images.map(({ pixels, caption }) => {
    const lines = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: rows }, (_, column) => INK[shade(pixels, side, scale, row, column)].repeat(2)).join(""),
    );
    return [...lines, ...caption].map((line) => line.padEnd(width));
  });
  return columns[0]
    .map((_, line) =>
      columns
        .map((column) => column[line])
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** The mean darkness of scale × scale pixels, as an index into INK. */
function shade(pixels: Float32Array, side: number, scale: number, row: number, column: number): number {
  let sum = 0;
  for (let y = row * scale; y < (row + 1) * scale; y++)
    for (let x = column * scale; x < (column + 1) * scale; x++) sum += pixels[y * side + x];
  return Math.round((sum / (scale * scale)) * (INK.length - 1));
}
