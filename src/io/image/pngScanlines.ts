import { message } from "../../errors/message.js";
import { FileError } from "../error.js";

/**
 * Takes the filter away from the rows of a pass. Each row begins with the number of its filter, which tells what its bytes are the difference to: the
 * byte one pixel to the left (1), the byte above (2), their mean (3), or which of left, above, above left is nearest to
 * left + above − above left (4, Paeth).
 * @param lines the rows with their filters @param rowBytes bytes of a row without its filter @param pixel bytes from a pixel to the next
 * @returns the rows without filters, in an array of their own
 */
export function unfilter(op: string, lines: Uint8Array, rowBytes: number, pixel: number): Uint8Array {
  const height = lines.length / (rowBytes + 1);
  const rows = new Uint8Array(rowBytes * height);
  // Above the first row stand zeros.
  let above = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1);
    const filter = lines[from];
    const row = rows.subarray(y * rowBytes, (y + 1) * rowBytes);
    row.set(lines.subarray(from + 1, from + 1 + rowBytes));
    if (filter === 1) for (let i = pixel; i < rowBytes; i++) row[i] += row[i - pixel];
    else if (filter === 2) for (let i = 0; i < rowBytes; i++) row[i] += above[i];
    else if (filter === 3) for (let i = 0; i < rowBytes; i++) row[i] += ((i < pixel ? 0 : row[i - pixel]) + above[i]) >> 1;
    else if (filter === 4) addPaeth(row, above, pixel);
    else if (filter !== 0)
      throw new FileError(message(op, `row ${y} of the PNG file has filter ${filter}; expected 0 to 4. It is damaged`));
    above = row;
  }
  return rows;
}

function addPaeth(row: Uint8Array, above: Uint8Array, pixel: number): void {
  for (let i = 0; i < pixel; i++) row[i] += above[i];
  for (let i = pixel; i < row.length; i++) {
    const [a, b, c] = [row[i - pixel], above[i], above[i - pixel]];
    const [toLeft, toAbove, toBoth] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    row[i] += toLeft <= toAbove && toLeft <= toBoth ? a : toAbove <= toBoth ? b : c;
  }
}
