import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { FileError } from "../io/error.js";
import { readFileIfThere } from "../io/file.js";
import { fileSystem, pathOption, pathText } from "../io/node.js";
import { reasonOf } from "../io/reason.js";
import { writeFile } from "../io/write.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { option } from "../options/option.js";
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
 * epoch on, and a row that was written in half is left out: a training that was aborted is resumed without a row twice.
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

  constructor(path: string | URL, options?: CSVLoggerOptions);
  constructor(...args: unknown[]) {
    super();
    const { path, separator, append } = CSV_LOGGER.read(args);
    this.#path = path as string | URL;
    this.#separator = separator;
    this.#append = append;
  }

  override async onTrainBegin({ initialEpoch }: TrainingContext): Promise<void> {
    const before = this.#append ? await readFileIfThere(this.#path, CSV_LOGGER.op) : null;
    const lines = completeLines(new TextDecoder().decode(before ?? undefined));
    const [header, ...rows] = lines;
    this.#columns = header === undefined ? null : fieldsOf(header, this.#separator).slice(1);
    const isKept = (row: string): boolean => initialEpoch === 0 || Number(fieldsOf(row, this.#separator)[0]) < initialEpoch;
    const kept = header === undefined ? [] : [header, ...rows.filter(isKept)];
    await writeFile(this.#path, new TextEncoder().encode(kept.map((line) => `${line}\n`).join("")), CSV_LOGGER.op);
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    let text = "";
    if (this.#columns === null) {
      this.#columns = Object.keys(logs);
      text = this.#line(["epoch", ...this.#columns]);
    }
    const columns = this.#columns;
    const late = Object.keys(logs).filter((name) => !columns.includes(name));
    if (late.length > 0)
      note(
        `CSVLogger: the file has no column for ${late.join(", ")}, which came after its first row was written. Put CSVLogger behind the callback that adds it.`,
      );
    text += this.#line([epoch, ...columns.map((name) => logs[name] ?? "")]);
    this.#write(text);
  }

  #line(fields: readonly (string | number)[]): string {
    return `${fields.map((field) => quoted(String(field), this.#separator)).join(this.#separator)}\n`;
  }

  /** Adds text to the end of the file. */
  #write(text: string): void {
    const { op } = CSV_LOGGER;
    const fs = fileSystem(op, "write");
    const path = pathText(op, this.#path);
    const bytes = new TextEncoder().encode(text);
    try {
      const file = fs.openSync(path, "a");
      try {
        for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at, bytes.length - at);
      } finally {
        fs.closeSync(file);
      }
    } catch (error) {
      if (error instanceof SimdgradError) throw error;
      throw new FileError(message(op, `cannot write ${path}: ${reasonOf(error)}`));
    }
  }
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
