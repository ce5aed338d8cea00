import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { FileError } from "../../io/error.js";
import { readFileIfThere } from "../../io/file.js";
import { type Path, pathText } from "../../io/node.js";
import { writeFile } from "../../io/write.js";
import type { Landscape } from "./landscape.js";

const OP = "lossLandscape";

/** What a file of losses belongs to: it is not gone on with for anything else. */
export interface Task {
  /** A hash of parameters, buffers, data, seed and span. */
  readonly of: string;
  readonly points: number;
}

/** The losses of a grid as far as they are known, row by row, kept in a file. */
export class GridFile {
  /** @param losses those that are known, row by row */
  private constructor(
    private readonly path: Path | null,
    private readonly task: Task,
    readonly losses: number[],
  ) {}

  /** @param path null: the losses are kept in no file @throws FileError for a file that holds something else, ArgumentError for one of another task */
  static async open(path: Path | null, task: Task): Promise<GridFile> {
    const bytes = path === null ? null : await readFileIfThere(path, OP);
    if (path === null || bytes === null) return new GridFile(path, task, []);
    const kept = parsed(path, bytes);
    if (kept.of !== task.of || kept.points !== task.points)
      throw new ArgumentError(
        message(
          OP,
          `${pathText(OP, path)} holds the losses of another model, other data or another grid`,
          "Delete it, or give another file.",
        ),
      );
    return new GridFile(path, task, kept.losses.map(Number));
  }

  /** Writes what is known so far. */
  async save(): Promise<void> {
    if (this.path === null) return;
    const text = JSON.stringify({ ...this.task, losses: this.losses.map(jsonNumber) });
    await writeFile(this.path, new TextEncoder().encode(text), OP);
  }
}

function parsed(path: Path, bytes: Uint8Array): Task & { losses: (number | string)[] } {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value.of === "string" && Array.isArray(value.losses)) return value;
  } catch {}
  throw new FileError(message(OP, `${pathText(OP, path)} holds no losses of a landscape`, "Delete it, or give another file."));
}

/** JSON has no NaN and no Infinity. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A landscape as a text of JSON. */
export function landscapeText(landscape: Landscape): string {
  return JSON.stringify({ ...landscape, losses: landscape.losses.map((row) => row.map(jsonNumber)) });
}

/** The landscape of such a text. */
export function landscapeFrom(text: string): Landscape {
  const landscape = JSON.parse(text);
  return { ...landscape, losses: landscape.losses.map((row: (number | string)[]) => row.map(Number)) };
}
