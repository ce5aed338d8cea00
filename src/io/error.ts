import { SimdgradError } from "../errors/errors.js";

/** A file that cannot be read, written or had, or that is not what it should be. `code` is "FILE". */
export class FileError extends SimdgradError {
  override readonly name: string = "FileError";

  constructor(message: string) {
    super("FILE", message);
  }
}
