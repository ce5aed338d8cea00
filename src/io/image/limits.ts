import { message } from "../../errors/message.js";
import { FileError } from "../error.js";

/** Holds the size that a header tells against the limit, before anything of that size is allocated. @throws FileError */
export function checkPixels(op: string, width: number, height: number, maxPixels: number): void {
  if (width === 0 || height === 0) throw new FileError(message(op, `the image is ${width} × ${height} pixels; expected at least 1 × 1`));
  if (width * height > maxPixels) {
    const mend = "If the image is really so large, raise maxPixels.";
    throw new FileError(message(op, `the image says that it is ${width} × ${height} pixels; at most ${maxPixels} are read`, mend));
  }
}
