import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { FileError } from "../io/error.js";
import { fileSystem, paths } from "../io/node.js";
import { reasonOf } from "../io/reason.js";
import { loadTable } from "./loadTable.js";

/** Image files with the numbers of their classes. */
export interface ImageFiles {
  /** Paths within the folder, with "/" between their parts, sorted. */
  readonly files: readonly string[];
  /** For each file the number of its class. */
  readonly labels: Int32Array;
  readonly classNames: readonly string[];
}

/** Labels by file; or the name of a CSV file in the folder, with columns "file" and "label". */
export type ImageLabels = string | Readonly<Record<string, string>>;

const IMAGES = /\.(png|jpe?g)$/i;

/** Folders within each other that are looked into. */
const DEEPEST = 32;

/** The images in the folders of their classes. Other files are named in a note. @throws FileError */
export async function filesByFolder(op: string, folder: string): Promise<ImageFiles> {
  const classNames: string[] = [];
  const beside: string[] = [];
  for (const { name, isFolder } of await entriesOf(op, folder)) (isFolder ? classNames : beside).push(name);
  if (classNames.length === 0) {
    const mend = "Make a folder for each class, such as cats/ and dogs/; or give labels.";
    throw new FileError(message(op, `${folder} has no folders in it, of which each would be a class`, mend));
  }
  const files: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const found: string[] = [];
    await collect(op, folder, name, found, beside, 1);
    if (found.length === 0)
      throw new FileError(message(op, `the folder ${name} of ${folder} has no PNG or JPEG files`, "Fill it, or take it away."));
    files.push(...found.sort());
    labels.push(...found.map(() => label));
  }
  tellOthers(op, beside);
  return { files, labels: Int32Array.from(labels), classNames };
}

/** The images that labels name. @throws FileError, ArgumentError for a file that is not there or has two labels */
export async function filesByLabel(op: string, folder: string, given: ImageLabels): Promise<ImageFiles> {
  const byFile = typeof given === "string" ? await readLabels(op, paths(op).resolve(folder, given)) : Object.entries(given);
  if (byFile.length === 0) throw new ArgumentError(message(op, "there are no labels"));
  const there: string[] = [];
  await collect(op, folder, "", there, [], 0);
  const known = new Set(there);
  const seen = new Set<string>();
  for (const [file, label] of byFile) {
    if (typeof label !== "string") throw new ArgumentError(message(op, `the label of ${file} is ${kindText(label)}; expected a string`));
    if (!known.has(file)) throw new FileError(message(op, `${folder} has no image ${kindText(file)}, of which the labels tell`));
    if (seen.has(file)) throw new FileError(message(op, `${kindText(file)} has two labels`));
    seen.add(file);
  }
  if (seen.size < known.size) {
    const lacking = there.filter((file) => !seen.has(file)).sort();
    note(`${op}: ${lacking.length} images have no label and are left out, such as ${lacking[0]}`);
  }
  const classNames = [...new Set(byFile.map(([, label]) => label))].sort();
  const numbers = new Map(classNames.map((name, i) => [name, i]));
  const sorted = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: sorted.map(([file]) => file),
    labels: Int32Array.from(sorted, ([, label]) => numbers.get(label) as number),
    classNames,
  };
}

async function readLabels(op: string, path: string): Promise<[file: string, label: string][]> {
  const table = await loadTable(path, { types: { file: "text", label: "text" }, header: true });
  const [files, labels] = [table.column("file"), table.column("label")] as [(string | null)[], (string | null)[]];
  return files.map((file, row) => {
    const label = labels[row];
    if (file === null || label === null)
      throw new FileError(message(op, `${path}: record ${row} has no ${file === null ? "file" : "label"}`));
    return [file, label];
  });
}

/** Adds the images below a folder to `found`, other files to `others`. */
async function collect(op: string, folder: string, below: string, found: string[], others: string[], depth: number): Promise<void> {
  if (depth > DEEPEST) throw new FileError(message(op, `the folders in ${folder} are nested more than ${DEEPEST} deep, at ${below}`));
  for (const { name, isFolder } of await entriesOf(op, paths(op).join(folder, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    if (isFolder) await collect(op, folder, path, found, others, depth + 1);
    else (IMAGES.test(name) ? found : others).push(path);
  }
}

/** Files and folders in a folder, sorted, without those that are hidden. A link counts as what it leads to. */
async function entriesOf(op: string, folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const fs = fileSystem(op, "read");
  const entries = await fs.promises.readdir(folder, { withFileTypes: true }).catch((error) => {
    throw new FileError(message(op, `cannot read ${folder}: ${reasonOf(error)}`));
  });
  const isFolder = (path: string) => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return entries
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => ({
      name: entry.name,
      isFolder: entry.isSymbolicLink() ? isFolder(paths(op).join(folder, entry.name)) : entry.isDirectory(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function tellOthers(op: string, others: readonly string[]): void {
  if (others.length === 0) return;
  const many = others.length === 1 ? "1 file is" : `${others.length} files are`;
  note(`${op}: ${many} left out, since they are no PNG or JPEG files in the folder of a class, such as ${others[0]}`);
}
