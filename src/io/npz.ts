import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { FileError } from "./error.js";
import { checkBytes, joined, type OpenFile, withFile } from "./file.js";
import { type NamedTensors, namedTensors } from "./named.js";
import { type Path, pathText } from "./node.js";
import { npyPieces, npyTensor } from "./npy.js";
import { writeFile } from "./write.js";
import { zipContent, zipEntries } from "./zip.js";
import { deflated, stored, zipArchive } from "./zipWrite.js";

/**
 * The arrays of a .npz file by their names: a zip archive of .npy files, stored as `numpy.savez` writes it or deflated as
 * `numpy.savez_compressed` does. Sizes, names and checksums are checked.
 *
 * @param bytes the whole file, whose elements are copied
 * @throws FileError for a damaged archive, and for one that has other files; the errors of `parseNpy`
 * @example
 * const arrays = await parseNpz(await serializeNpz({ x: tensor([1, 2]) }));
 * arrays.get("x"); // [1, 2]
 */
export async function parseNpz(bytes: Uint8Array | ArrayBuffer): Promise<Map<string, Tensor>> {
  checkArity("parseNpz", arguments.length, 1);
  const whole = checkBytes("parseNpz", bytes);
  return arraysOf("parseNpz", { size: whole.length, read: async (begin, end) => whole.slice(begin, end) });
}

/**
 * Reads the arrays of a .npz file on disk by their names, one after the other; see `parseNpz`.
 * @param path path of the file, or a file: URL
 * @throws FileError, DTypeError, ShapeError
 * @example
 * await saveNpz("weights.npz", net.stateDict());
 * net.loadStateDict(await loadNpz("weights.npz"));
 */
export async function loadNpz(path: Path): Promise<Map<string, Tensor>> {
  checkArity("loadNpz", arguments.length, 1);
  return withFile(path, "loadNpz", (file) => arraysOf(`loadNpz: ${pathText("loadNpz", path)}`, file));
}

const SUFFIX = ".npy";

async function arraysOf(op: string, file: OpenFile): Promise<Map<string, Tensor>> {
  const entries = await zipEntries(op, file);
  const other = entries.find(({ name }) => !name.endsWith(SUFFIX))?.name;
  if (other !== undefined) {
    const mend = other.endsWith(".pkl") ? "A file of torch.save is pickled; write it as safetensors in Python." : undefined;
    throw new FileError(message(op, `the archive has ${kindText(other)}; a .npz file has .npy files only`, mend));
  }
  const found = new Map<string, Tensor>();
  for (const entry of entries) {
    const name = entry.name.slice(0, -SUFFIX.length);
    found.set(name, npyTensor(`${op}: ${name}`, await zipContent(op, file, entry), true));
  }
  return found;
}

const SAVE = declare("saveNpz", {
  /** Whether the arrays are deflated, as by `numpy.savez_compressed`. Default false. */
  compress: flag({ default: false }),
});

/** Options of `saveNpz` and `serializeNpz`. */
export interface NpzOptions extends OptionsOf<typeof SAVE> {}

/**
 * The bytes of a .npz file, which `numpy.load` reads. The same tensors give the same bytes.
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param options.compress whether they are deflated; default false
 * @throws ArgumentError for anything but tensors, and for names of more than 65,531 bytes
 * @example const bytes = await serializeNpz(new Linear(2, 3).stateDict(), { compress: true });
 */
export async function serializeNpz(tensors: NamedTensors, options?: NpzOptions): Promise<Uint8Array> {
  checkArity("serializeNpz", arguments.length, 2);
  const archive = archiveOf("serializeNpz", tensors, options);
  return joined("serializeNpz", Array.isArray(archive) ? archive : await archive);
}

/**
 * Writes tensors to a .npz file, which `numpy.load` reads. The file is written whole or not at all.
 * @param path path of the file, or a file: URL
 * @param tensors tensors by name: a `stateDict`, or an object
 * @param options.compress whether they are deflated, which takes time and memory for all of them; default false
 * @throws FileError that says why the file cannot be written; always in browsers, where `serializeNpz` gives the bytes
 * @throws ArgumentError as `serializeNpz`
 * @example await saveNpz("weights.npz", net.stateDict());
 */
export async function saveNpz(path: Path, tensors: NamedTensors, options?: NpzOptions): Promise<void> {
  checkArity("saveNpz", arguments.length, 3);
  const archive = archiveOf("saveNpz", tensors, options);
  await writeFile(path, Array.isArray(archive) ? archive : await archive, "saveNpz");
}

/** The longest name, in bytes, that a zip archive has. */
const MAX_NAME = 65_535;

/** The pieces of the file. Without compression nothing is waited for: they are views that must not change before they are written. */
function archiveOf(op: string, tensors: NamedTensors, options: NpzOptions | undefined): Uint8Array[] | Promise<Uint8Array[]> {
  const { compress } = SAVE.readOptions(options, op);
  const files = namedTensors(op, tensors).map(([key, tensor]) => {
    const name = `${key}${SUFFIX}`;
    const { length } = new TextEncoder().encode(name);
    if (length > MAX_NAME)
      throw new ArgumentError(
        message(op, `the name ${kindText(key)} has ${length - SUFFIX.length} bytes; at most ${MAX_NAME - SUFFIX.length}`),
      );
    return { name, pieces: npyPieces(tensor) };
  });
  if (!compress) return zipArchive(files.map(({ name, pieces }) => stored(name, pieces)));
  return Promise.all(files.map(({ name, pieces }) => deflated(op, name, pieces))).then((packed) => zipArchive(packed));
}
