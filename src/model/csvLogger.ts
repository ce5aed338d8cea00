import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { FileError } from "../io/error.js";
import { readFileIfThere } from "../io/file.js";
import { type FileSystem, fileSystem, pathOption, pathText } from "../io/node.js";
import { reasonOf } from "../io/reason.js";
import { writeFile } from "../io/write.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { COUNT, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback, type Logs, type TrainingContext } from "../train/callbacks.js";

const isSeparator = (value: unknown): boolean => typeof value === "string" && value.length === 1 && !'"\r\n'.includes(value);

const CSV_LOGGER = declare(
  "CSVLogger",
  {
    /** What stands between two columns, one character. Default ",". */
    separator: option<string, { default: "," }>("one character, neither a quote nor a line's end", isSeparator, { default: "," }),
    /** Whether the rows that the file has are kept, from an earlier training. Default false. */
    append: flag({ default: false }),
  },
  { path: pathOption({ required: true, aka: ["filename", "file"] }) },
);

/** Options of `CSVLogger`. */
export interface CSVLoggerOptions extends OptionsOf<typeof CSV_LOGGER> {}

/**
 * Writes the figures of every epoch to a file, a row an epoch, as soon as they are there. The first column is the number of the epoch,
 * from 0; the others are the figures of the first epoch. It stands behind the callbacks that add figures.
 *
 * Keras' callback. With `append`, a training that goes on with `initialEpoch` takes the place of the rows that the file has from that
 * epoch on, and a row that was written in half is left out: a training that was aborted is resumed without a row twice. Where it is resumed
 * from a checkpoint, the file keeps the rows that it had then, with or without `append`.
 * @param path path of the file, or a file: URL
 * @param options.separator what stands between two columns; default ","
 * @param options.append whether the rows that the file has are kept; default false
 * @throws ArgumentError for a wrong option; when training begins FileError if the file cannot be written, always in browsers
 * @example await model.fit(train, { epochs: 9, callbacks: [new CSVLogger("training.csv")], verbose: 0 });
 */
export class CSVLogger extends Callback {
  override readonly addsFigures: readonly string[] = [];
  readonly #path: string | URL;
  readonly #separator: string;
  readonly #append: boolean;
  /** Names of the columns but the first; null before the first row. */
  #columns: string[] | null = null;
  /** The lines of the file: header and rows. */
  #lines: string[] = [];

  constructor(path: string | URL, options?: CSVLoggerOptions);
  constructor(...args: unknown[]) {
    super();
    const { path, separator, append } = CSV_LOGGER.read(args);
    this.#path = path as string | URL;
    this.#separator = separator;
    this.#append = append;
  }

  override async onTrainBegin({ initialEpoch, resumed }: TrainingContext): Promise<void> {
    const before = this.#append || resumed ? await readFileIfThere(this.#path, CSV_LOGGER.op) : null;
    const lines = completeLines(new TextDecoder().decode(before ?? undefined));
    const [header, ...rows] = lines;
    this.#columns = header === undefined ? null : fieldsOf(header, this.#separator).slice(1);
    const isKept = (row: string): boolean => resumed || initialEpoch === 0 || Number(fieldsOf(row, this.#separator)[0]) < initialEpoch;
    this.#lines = header === undefined ? [] : [header, ...rows.filter(isKept)];
    await writeFile(this.#path, bytesOf(this.#lines), CSV_LOGGER.op);
  }

  override stateDict(): SavedState {
    return { lines: this.#lines.length };
  }

  /** Leaves the rows out that came after the state was saved. */
  override loadStateDict(state: SavedState): void {
    const { lines } = savedParts(CSV_LOGGER.op, state, { lines: COUNT });
    if (this.#lines.length <= lines) return;
    this.#lines.length = lines;
    if (lines === 0) this.#columns = null;
    this.#change("r+", (fs, file) => fs.ftruncateSync(file, bytesOf(this.#lines).length));
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const added: string[] = [];
    if (this.#columns === null) {
      this.#columns = Object.keys(logs);
      added.push(this.#line(["epoch", ...this.#columns]));
    }
    const columns = this.#columns;
    const late = Object.keys(logs).filter((name) => !columns.includes(name));
    if (late.length > 0)
      note(
        `CSVLogger: the file has no column for ${late.join(", ")}, which came after its first row was written. Put CSVLogger behind the callback that adds it.`,
      );
    added.push(this.#line([epoch, ...columns.map((name) => logs[name] ?? "")]));
    const bytes = bytesOf(added);
    this.#change("a", (fs, file) => {
      for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at, bytes.length - at);
    });
    this.#lines.push(...added);
  }

  #line(fields: readonly (string | number)[]): string {
    return fields.map((field) => quoted(String(field), this.#separator)).join(this.#separator);
  }

  /** Opens the file, and changes it. @throws FileError that says why it cannot be written */
  #change(flags: "a" | "r+", change: (fs: FileSystem, file: number) => void): void {
    const { op } = CSV_LOGGER;
    const fs = fileSystem(op, "write");
    const path = pathText(op, this.#path);
    try {
      const file = fs.openSync(path, flags);
      try {
        change(fs, file);
      } finally {
        fs.closeSync(file);
      }
    } catch (error) {
      if (error instanceof SimdgradError) throw error;
      throw new FileError(message(op, `cannot write ${path}: ${reasonOf(error)}`));
    }
  }
}

function bytesOf(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}

/** The lines of a text that are ended. */
function completeLines(text: string): string[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) => line.replace(/\r$/, "")).filter((line) => line !== "");
}

/** A field as it stands in a row: quoted where it has a separator, a quote or a line's end. */
function quoted(field: string, separator: string): string {
  return field.includes(separator) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The fields of a row. */
function fieldsOf(row: string, separator: string): string[] {
  const fields = [""];
  let inside = false;
  for (let i = 0; i < row.length; i++) {
    const last = fields.length - 1;
    if (row[i] === '"' && inside && row[i + 1] === '"') fields[last] += row[i++];
    else if (row[i] === '"') inside = !inside;
    else if (row[i] === separator && !inside) fields.push("");
    else fields[last] += row[i];
  }
  return fields;
}
