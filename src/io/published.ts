import { message } from "../errors/message.js";
import { variable } from "../kernels/platform.js";
import { type DownloadSettings, differs, download, type Published } from "./download.js";
import { FileError } from "./error.js";
import { readFileIfThere } from "./file.js";
import { makeFolder } from "./makeFolder.js";
import { cacheFolder, hasFiles, type Path, pathOption, paths, pathText } from "./node.js";
import { writeFile } from "./write.js";

/** Files that are published together. */
export interface Collection {
  /** The name of the sub-folder in which they are kept. */
  readonly name: string;
  /** What an error calls them, such as "the four .gz files". */
  readonly files: string;
  /** Addresses of public folders that have them, each with a slash at the end. */
  readonly homes: readonly string[];
}

/** The options that say where published files are. */
export const PLACES = {
  /** Folder with the files, or with a sub-folder of the data set's name that has them. Nothing is downloaded then. Default none. */
  folder: pathOption({}),
  /** Where to keep downloaded files. Default: `simdgrad` in %LOCALAPPDATA%, $XDG_CACHE_HOME or ~/.cache. */
  cacheFolder: pathOption({}),
  /** Address of a folder from which the files are downloaded, instead of their public homes. Needed in browsers. Default none. */
  baseUrl: pathOption({ aka: ["url"] }),
};

interface Places extends DownloadSettings {
  readonly folder: Path | undefined;
  readonly cacheFolder: Path | undefined;
  readonly baseUrl: Path | undefined;
}

/**
 * The bytes of a published file, from the first place that has it: the user's folders, the cache folder, its public homes.
 * @throws FileError for a file that is missing, cannot be downloaded, or is not the published one
 */
export async function find(op: string, collection: Collection, file: Published, options: Places): Promise<Uint8Array> {
  const found = await findAtHand(op, collection, file, options);
  if (found !== null) return found;
  if (options.folder !== undefined) throw missing(op, collection, file, pathText(op, options.folder), "Leave folder out to download it.");
  if (hasFiles()) return cached(op, collection, file, options);
  if (options.baseUrl !== undefined) return fetchFile(op, collection, file, options, "");
  throw new FileError(
    message(op, "there is no file system here", `In browsers pass { baseUrl }, the address of a folder with ${collection.files}.`),
  );
}

/** The error for a folder that has not the file, nor has the collection's sub-folder in it. */
export function missing(op: string, { name }: Collection, file: Published, folder: string, mend: string): FileError {
  return new FileError(message(op, `there is no ${file.name} in ${folder} nor in ${paths(op).join(folder, name)}`, mend));
}

/**
 * The bytes of a published file in one of the user's folders: `folder`, or else the one that SIMDGRAD_DATA names; null if it is not there.
 * @throws FileError for a file that is not the published one
 */
export async function findAtHand(op: string, { name }: Collection, file: Published, { folder }: Places): Promise<Uint8Array | null> {
  if (folder !== undefined) {
    const text = pathText(op, folder);
    return lookIn(op, file, [paths(op).join(text, name), text]);
  }
  const shared = hasFiles() ? variable("SIMDGRAD_DATA") : undefined;
  return shared === undefined ? null : lookIn(op, file, [paths(op).join(shared, name)]);
}

/** A file from the first of some folders that has it. These folders belong to the user, so a damaged file is an error. */
async function lookIn(op: string, file: Published, folders: readonly string[]): Promise<Uint8Array | null> {
  for (const folder of folders) {
    const path = paths(op).join(folder, file.name);
    const bytes = await readFileIfThere(path, op);
    if (bytes === null) continue;
    const problem = await differs(op, file, bytes);
    if (problem === null) return bytes;
    throw new FileError(message(op, `${path} is not the published file: ${problem}`, "Get it again."));
  }
  return null;
}

/** A file from the cache folder. If it is missing or damaged there, it is downloaded. */
async function cached(op: string, collection: Collection, file: Published, options: Places): Promise<Uint8Array> {
  const { join } = paths(op);
  const folder = join(options.cacheFolder === undefined ? cacheFolder(op) : pathText(op, options.cacheFolder), collection.name);
  const path = join(folder, file.name);
  const kept = await readFileIfThere(path, op);
  if (kept !== null && (await differs(op, file, kept)) === null) return kept;
  const bytes = await fetchFile(op, collection, file, options, `, or into ${folder}`);
  // An error is ignored here: if the folder cannot be used, writing into it fails and says why.
  try {
    makeFolder(op, folder);
  } catch {}
  await writeFile(path, bytes, op);
  return bytes;
}

function fetchFile(op: string, { name, files, homes }: Collection, file: Published, options: Places, orCache: string): Promise<Uint8Array> {
  const { baseUrl } = options;
  const places = baseUrl === undefined ? homes : [(typeof baseUrl === "string" ? baseUrl : baseUrl.href).replace(/\/*$/, "/")];
  const mend = hasFiles()
    ? `Offline: put ${files} into a folder and pass { folder }, or into ${name} in the folder that SIMDGRAD_DATA names${orCache}.`
    : `Pass { baseUrl }, the address of a folder with ${files}.`;
  return download(op, file, places, mend, options);
}
