import { message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { fileSystem, type Path, pathText } from "../../io/node.js";
import { codeOf, reasonOf } from "../../io/reason.js";
import { beginBytes, type CacheFooter, EDGE, footerSize, readFooter } from "./format.js";

/** The most bytes that stand behind rows. A file that claims more is damaged. */
const LONGEST = 1 << 28;

/** What a cache file tells of its rows; null where there is none, or one that is cut or damaged. @throws FileError where it cannot be read */
export async function openCache(op: string, path: Path): Promise<CacheFooter | null> {
  const text = pathText(op, path);
  const { promises } = fileSystem(op, "read");
  const handle = await promises.open(text, "r").catch((error) => {
    if (codeOf(error) === "ENOENT") return null;
    throw new FileError(message(op, `cannot read ${text}: ${reasonOf(error)}`));
  });
  if (handle === null) return null;
  try {
    const { size } = await handle.stat();
    if (size < 2 * EDGE) return null;
    const read = async (from: number, to: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(to - from);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes;
    };
    const begin = await read(0, EDGE);
    if (!beginBytes().every((byte, i) => byte === begin[i])) {
      throw new FileError(
        message(op, `${text} is there, and no cache`, "Give the cache another name, so that the file is not overwritten."),
      );
    }
    const length = footerSize(await read(size - EDGE, size));
    if (length === null || length > LONGEST || length > size - EDGE) return null;
    return readFooter(await read(size - length, size), size);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(message(op, `cannot read ${text}: ${reasonOf(error)}`));
  } finally {
    await handle.close().catch(() => {});
  }
}
