import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { FileError } from "./error.js";
import { type FileSystem, fileSystem, type Path, paths, pathText } from "./node.js";
import { reasonOf } from "./reason.js";
import { clearStale, temporaryBeside } from "./temporary.js";
import { synced, syncFolder, writeAll } from "./write.js";

/**
 * Files that are written again and again, of which the last few stay: NAME.ext is the newest, NAME.1.ext the one before it, and so on. Each is
 * written whole beside them, and reaches the disk before any is renamed: at every moment one of them is whole, whenever the process is killed.
 */

/** The path of a file of the family: `run.safetensors`, "best" → `run.best.safetensors`. */
export function siblingPath(op: string, path: Path, word: string): string {
  const { basename, dirname, join } = paths(op);
  const text = pathText(op, path);
  return join(dirname(text), sibling(basename(text), word));
}

function sibling(name: string, word: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? `${name}.${word}` : `${name.slice(0, dot)}.${word}${name.slice(dot)}`;
}

/**
 * The files of the family that are there, the newest first. Their numbers follow one another; a kill while they are renamed may leave out
 * one. So a file of the user's, such as `run.2024.safetensors`, does not belong to them.
 * @throws FileError where the folder cannot be read
 */
export function generations(op: string, path: Path): string[] {
  const fs = fileSystem(op, "read");
  const { basename, dirname, join } = paths(op);
  const text = pathText(op, path);
  const [folder, name] = [dirname(text), basename(text)];
  let names: string[];
  try {
    names = fs.readdirSync(folder);
  } catch (error) {
    throw new FileError(message(op, `cannot read the folder ${folder}: ${reasonOf(error)}`));
  }
  const there = new Set(names);
  const older: string[] = [];
  for (let number = 1, last = 0; number - last <= 2; number++) {
    const other = sibling(name, String(number));
    if (!there.has(other)) continue;
    older.push(join(folder, other));
    last = number;
  }
  return there.has(name) ? [text, ...older] : older;
}

/**
 * Writes a new file of the family. All bytes are taken, and handed to the system, before the function first waits: they are of one moment,
 * whatever is trained meanwhile.
 * @param keep how many files stay, ≥ 1
 * @param damaged files that are not whole: none of them takes the place of one that is
 * @throws FileError that says why the file cannot be written; those that were there before are then as they were
 */
export async function writeGeneration(
  op: string,
  path: Path,
  pieces: Iterable<Uint8Array>,
  keep: number,
  damaged: readonly string[],
): Promise<void> {
  const fs = fileSystem(op, "write");
  const text = pathText(op, path);
  try {
    clearStale(op, fs, text);
    const temporary = temporaryBeside(op, text);
    try {
      const file = fs.openSync(temporary.path, "wx", 0o666);
      try {
        writeAll(fs, file, pieces);
        await synced(fs, file);
      } finally {
        fs.closeSync(file);
      }
      if (fs.statSync(text, { throwIfNoEntry: false })?.isDirectory()) throw Object.assign(new Error(), { code: "EISDIR" });
      const surplus = await makeRoom(op, fs, text, keep, damaged);
      await fs.promises.rename(temporary.path, text);
      for (const old of surplus) await fs.promises.rm(old, { force: true });
    } finally {
      await fs.promises.rm(temporary.path, { force: true }).catch(() => {});
      temporary.end();
    }
    await syncFolder(op, fs, text);
  } catch (error) {
    if (error instanceof SimdgradError) throw error;
    throw new FileError(message(op, `cannot write ${text}: ${reasonOf(error)}`));
  }
}

/** @throws FileError where no file can be made beside the path, or a folder has its name */
export function requireFolder(op: string, path: Path): void {
  const fs = fileSystem(op, "write");
  const text = pathText(op, path);
  const folder = paths(op).dirname(text);
  try {
    fs.accessSync(folder, fs.constants.W_OK);
  } catch (error) {
    throw new FileError(message(op, `cannot write into the folder ${folder}: ${reasonOf(error)}`, "Make it, or choose another path."));
  }
  if (!fs.statSync(text, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new FileError(message(op, `${text} is a folder; expected the path of a file`, "Name one in it, such as run.safetensors."));
}

/**
 * Puts the files of the family out of the way of new ones: they become the family of NAME.previous.ext, or of NAME.previous-2.ext where that
 * is there, and so on.
 * @returns the new path of the newest; null if there was none
 */
export async function setAside(op: string, path: Path): Promise<string | null> {
  const fs = fileSystem(op, "write");
  const found = generations(op, path);
  if (found.length === 0) return null;
  let previous = siblingPath(op, path, "previous");
  for (let i = 2; generations(op, previous).length > 0; i++) previous = siblingPath(op, path, `previous-${i}`);
  for (const [i, file] of found.entries()) await fs.promises.rename(file, i === 0 ? previous : siblingPath(op, previous, String(i)));
  return previous;
}

/**
 * Gives each file the place of the next older one. Nothing is deleted that may be the last whole file.
 * @returns the files that are too many when the new one has its name
 */
async function makeRoom(op: string, fs: FileSystem, path: string, keep: number, damaged: readonly string[]): Promise<string[]> {
  const found = generations(op, path);
  const kept = found.filter((file) => !damaged.includes(file)).slice(0, keep - 1);
  const places = kept.map((_, i) => siblingPath(op, path, String(i + 1)));
  for (let i = kept.length - 1; i >= 0; i--) if (kept[i] !== places[i]) await fs.promises.rename(kept[i], places[i]);
  return found.filter((file) => file !== path && !kept.includes(file) && !places.includes(file));
}
