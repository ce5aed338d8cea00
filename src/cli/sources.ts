import { statSync } from "node:fs";
import { basename, extname } from "node:path";
import { ArgumentError } from "../errors/errors.js";
import { didYouMean, message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { reasonOf } from "../io/reason.js";
import { DATASET_NAMES, type DatasetName, type ImageSetName, isText, type TextName } from "./datasets.js";

/** What data the command is given: a data set by its name, a file with a table, or a folder of images. */
export type Source =
  | { readonly kind: "images"; readonly name: ImageSetName }
  | { readonly kind: "text"; readonly name: TextName }
  | { readonly kind: "table"; readonly path: string; readonly format: TableFormat }
  | { readonly kind: "folder"; readonly path: string };

/** The formats of tables by the endings of files. */
const FORMATS = { ".csv": "csv", ".tsv": "tsv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet" } as const;

export type TableFormat = (typeof FORMATS)[keyof typeof FORMATS];

/** Tells what a word on the command line means. @throws ArgumentError for a word that is neither, FileError for a file that there is not */
export function sourceOf(command: string, word: string): Source {
  if (DATASET_NAMES.includes(word as DatasetName)) {
    const name = word as DatasetName;
    return isText(name) ? { kind: "text", name } : { kind: "images", name };
  }
  const found = statOf(command, word);
  if (found?.isDirectory()) return { kind: "folder", path: word };
  if (found !== undefined) return { kind: "table", path: word, format: formatOf(command, word) };
  if (/[./\\]/.test(word)) throw new FileError(message(command, `cannot read ${word}: no such file or folder`));
  const known = `${didYouMean(word, DATASET_NAMES).trim()} Known: ${DATASET_NAMES.join(", ")}.`.trim();
  throw new ArgumentError(
    message(command, `"${word}" is no data set, no file and no folder`, `${known} Or name a table, such as table.csv.`),
  );
}

/** What stands at a path; undefined: nothing. @throws FileError where the system does not tell */
function statOf(command: string, path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new FileError(message(command, `cannot read ${path}: ${reasonOf(error)}`));
  }
}

/** The format of a file, by its ending. @throws ArgumentError */
export function formatOf(command: string, path: string): TableFormat {
  if (statOf(command, path)?.isDirectory()) throw new ArgumentError(message(command, `${path} is a folder; expected a table`));
  const ending = extname(unpacked(path)).toLowerCase();
  if (Object.hasOwn(FORMATS, ending)) return FORMATS[ending as keyof typeof FORMATS];
  const what = ending === "" ? "without an ending" : `ending in ${ending}`;
  throw new ArgumentError(
    message(command, `${path} is a file ${what}; known are ${Object.keys(FORMATS).join(", ")}`, "Rename it, or convert it."),
  );
}

/** What a source is called: `iris` of data/iris.csv. */
export function nameOf(source: Source): string {
  if (source.kind === "images" || source.kind === "text") return source.name;
  const path = unpacked(source.path);
  return basename(path, source.kind === "table" ? extname(path) : "") || "model";
}

/** The name of a file without `.gz`: what is packed is unpacked on the way. */
function unpacked(path: string): string {
  return path.replace(/\.gz$/i, "");
}
