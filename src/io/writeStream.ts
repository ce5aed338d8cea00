import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { FileError } from "./error.js";
import { fileSystem, type Path, paths, pathText } from "./node.js";
import { reasonOf } from "./reason.js";
import { clearStale, temporaryBeside } from "./temporary.js";
import { synced, syncFolder, writeAll } from "./write.js";

/**
 * Writes a file whole or not at all of pieces that are made one after the other: they go into a temporary file beside it, which takes its
 * name when the last one is on disk. A piece is written before the next is asked for, so that its memory may be taken again.
 * @param op name of the calling function, with which errors begin
 * @throws FileError that says why the file cannot be written, and what the pieces throw; the file that stood there before is then unchanged
 */
export async function writeStream(path: Path, pieces: AsyncIterable<Uint8Array>, op: string): Promise<void> {
  const fs = fileSystem(op, "write");
  const target = paths(op).resolve(pathText(op, path));
  const temporary = temporaryBeside(op, target);
  try {
    clearStale(op, fs, target);
    const file = fs.openSync(temporary.path, "wx", 0o666);
    try {
      for await (const piece of pieces) writeAll(fs, file, [piece]);
      // The bytes must reach the disk before the new name does.
      await synced(fs, file);
    } finally {
      fs.closeSync(file);
    }
    await fs.promises.rename(temporary.path, target);
  } catch (error) {
    await fs.promises.rm(temporary.path, { force: true }).catch(() => {});
    if (error instanceof SimdgradError) throw error;
    throw new FileError(message(op, `cannot write ${target}: ${reasonOf(error)}`));
  } finally {
    temporary.end();
  }
  await syncFolder(op, fs, target);
}
