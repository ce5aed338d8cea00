import { SimdgradError } from "../errors/errors.js";

/** A file that cannot be read, written or downloaded, or whose content is wrong. `code` is "FILE". */
export class FileError extends SimdgradError {
  override readonly name: string = "FileError";

  constructor(message: string) {
    super("FILE", message);
  }
}
