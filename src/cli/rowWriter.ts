import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { message } from "../errors/message.js";
import { FileError } from "../io/error.js";
import { reasonOf } from "../io/reason.js";
import { isDate } from "../options/builtin.js";
import type { TableFormat } from "./sources.js";

/** The formats that rows are written in. */
export const WRITTEN = ["csv", "tsv", "jsonl"] as const;
export type WrittenFormat = (typeof WRITTEN)[number];

/** The format in which rows of another go out: as they came in, but of Parquet, which is only read, CSV. */
export function writtenAs(format: TableFormat): WrittenFormat {
  return format === "parquet" ? "csv" : format;
}

type Row = Readonly<Record<string, unknown>>;

/** Writes rows one after the other, no faster than they are taken. */
export class RowWriter {
  #names: readonly string[] | null = null;
  #failure: FileError | null = null;

  /** @param where what it writes to, for errors @param finish what is done when all is written @param discard what is done if it is not */
  constructor(
    readonly format: WrittenFormat,
    private readonly out: Writable,
    private readonly where: string,
    private readonly finish: () => Promise<void>,
    private discard: (() => Promise<void>) | null,
  ) {
    out.on("error", (error) => {
      this.#failure ??= refused(this.where, error);
    });
  }

  async write(rows: readonly Row[]): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const text = this.format === "jsonl" ? rows.map((row) => `${JSON.stringify(row)}\n`).join("") : this.#table(rows);
    await new Promise<void>((resolve, reject) => this.out.write(text, (error) => (error ? reject(refused(this.where, error)) : resolve())));
  }

  async end(): Promise<void> {
    await this.finish();
    this.discard = null;
  }

  /** Leaves no half of a file behind. */
  async dispose(): Promise<void> {
    await this.discard?.();
  }

  #table(rows: readonly Row[]): string {
    const separator = this.format === "tsv" ? "\t" : ",";
    const line = (cells: readonly unknown[]) => `${cells.map((cell) => cellText(cell, separator)).join(separator)}\n`;
    const isFirst = this.#names === null;
    const names = this.#names ?? Object.keys(rows[0]);
    this.#names = names;
    return (isFirst ? line(names) : "") + rows.map((row) => line(names.map((name) => row[name]))).join("");
  }
}

/** Opens what rows are written to: a file, which takes its name when it is whole, or stdout. */
export async function openOutput(path: string | undefined, format: WrittenFormat): Promise<RowWriter> {
  if (path === undefined) return new RowWriter(format, process.stdout, "stdout", async () => {}, null);
  const part = `${path}.part`;
  const out = createWriteStream(part);
  await new Promise<void>((resolve, reject) => {
    out.once("open", () => resolve());
    out.once("error", (error) => reject(refused(path, error)));
  });
  const close = () =>
    new Promise<void>((resolve, reject) => out.end((error?: Error | null) => (error ? reject(refused(path, error)) : resolve())));
  return new RowWriter(
    format,
    out,
    path,
    async () => {
      await close();
      await rename(part, path);
    },
    async () => {
      await close().catch(() => {});
      await rm(part, { force: true });
    },
  );
}

function refused(where: string, error: unknown): FileError {
  return new FileError(message("predict", `cannot write ${where}: ${reasonOf(error)}`));
}

/** A cell as CSV has it: in quotes where it must be. */
function cellText(cell: unknown, separator: string): string {
  if (cell === null || cell === undefined) return "";
  const text = isDate(cell) ? cell.toISOString() : typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  return text.includes(separator) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
