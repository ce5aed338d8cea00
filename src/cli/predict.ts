import pico from "picocolors";
import { isMissing, numberIn } from "../tables/cells.js";
import type { Surprises } from "../tables/reading.js";
import { TableModel, type TablePredictions } from "../tables/tableModel.js";
import { amount } from "./course.js";
import { Interruption } from "./interrupt.js";
import { open } from "./open.js";
import { openOutput, type WrittenFormat, writtenAs } from "./rowWriter.js";
import type { TableFormat } from "./sources.js";
import { openRows, type Row } from "./tableFile.js";

export interface PredictOptions {
  readonly from?: TableFormat;
  readonly to?: WrittenFormat;
  readonly out?: string;
  readonly missing: "error" | "impute";
  readonly batch: number;
}

/** Milliseconds between two lines of progress. */
const PROGRESS = 500;

/**
 * Predicts the target of each row of a table, and writes the rows with their predictions. However long the table is, a batch of it is in memory.
 * @param rows a file; undefined or "-": stdin
 * @returns false if it was interrupted
 */
export async function predict(file: string, rows: string | undefined, options: PredictOptions): Promise<boolean> {
  const model = TableModel.of("predict", await open("predict", file));
  const input = await openRows("predict", rows === "-" ? undefined : rows, options.from);
  const output = await openOutput(options.out, options.to ?? writtenAs(input.format));
  const interruption = new Interruption();
  const told = new Told(model);
  const isTyped = output.format === "jsonl" && (input.format === "csv" || input.format === "tsv");
  const cellsOf = isTyped ? (row: Row) => typed(model, row) : (row: Row) => row;
  const start = performance.now();
  try {
    const work = async () => {
      for await (const batch of inBatches(input.records, options.batch)) {
        interruption.signal.throwIfAborted();
        const found = await model.predict(batch, { missing: options.missing, batchSize: options.batch, firstRow: told.rows });
        told.batch(batch, found.surprises);
        await output.write(batch.map((row, i) => ({ ...cellsOf(row), ...addedOf(model, found, i, output.format) })));
      }
      await output.end();
      return true;
    };
    const done = (await interruption.guard(work())) !== null;
    told.end(done, (performance.now() - start) / 1000, options.out);
    return done;
  } finally {
    await output.dispose();
    interruption.dispose();
  }
}

async function* inBatches(records: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of records) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A row of texts with numbers where the model takes numbers, and null where a cell is empty. */
function typed({ plan }: TableModel, row: Row): Row {
  const numbers = new Set(plan.columns.filter(({ kind }) => kind === "number").map(({ name }) => name));
  const cells = Object.entries(row).map(([name, cell]) => {
    const value = numbers.has(name) ? numberIn(cell) : Number.NaN;
    return [name, isMissing(cell) ? null : Number.isNaN(value) ? cell : value];
  });
  return Object.fromEntries(cells);
}

/** What is added to a row: the prediction, and of classes their probabilities, in one object or in a column each. */
function addedOf({ plan }: TableModel, { predictions, probabilities }: TablePredictions, row: number, format: WrittenFormat): Row {
  const prediction = predictions[row];
  if (probabilities === null) return { prediction: digits(prediction as number) };
  const labels = plan.classes ?? [];
  const values = probabilities.view();
  const each = labels.map((label, i) => [String(label), digits(values[row * labels.length + i])] as const);
  if (format === "jsonl") return { prediction, probabilities: Object.fromEntries(each) };
  return { prediction, ...Object.fromEntries(each.map(([label, value]) => [`probability_${label}`, value])) };
}

/** A number in the seven digits that float32 holds. */
function digits(value: number): number {
  return Number(value.toPrecision(7));
}

/** Tells on stderr how far it is, and what is not as the model expects it. */
class Told {
  /** How many rows are done. */
  rows = 0;
  #shown = performance.now();
  #isFirst = true;
  readonly #unknown = new Map<string, Map<string, number>>();
  readonly #unreadable = new Map<string, { count: number; cell: unknown }>();

  constructor(private readonly model: TableModel) {}

  batch(rows: readonly Row[], { lacking, unknown, unreadable }: Surprises): void {
    if (this.#isFirst) this.#columns(Object.keys(rows[0]), lacking);
    this.#isFirst = false;
    this.rows += rows.length;
    for (const [name, counts] of unknown) {
      const all = this.#unknown.get(name) ?? new Map<string, number>();
      for (const [category, count] of counts) all.set(category, (all.get(category) ?? 0) + count);
      this.#unknown.set(name, all);
    }
    for (const [name, { count, cell }] of unreadable) {
      const before = this.#unreadable.get(name);
      this.#unreadable.set(name, { count: count + (before?.count ?? 0), cell: before?.cell ?? cell });
    }
    if (!process.stderr.isTTY || performance.now() - this.#shown < PROGRESS) return;
    this.#shown = performance.now();
    process.stderr.write(`\r\x1b[2K${amount(this.rows)} rows`);
  }

  end(isDone: boolean, seconds: number, out: string | undefined): void {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
    for (const [name, counts] of this.#unknown) {
      const listed = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 8);
      const more = counts.size > listed.length ? ", …" : "";
      const text = listed.map(([category, count]) => `${category} (${amount(count)})`).join(", ");
      warn(`unknown in column ${name}, and predicted without it: ${text}${more}`);
    }
    for (const [name, { count, cell }] of this.#unreadable)
      warn(`column ${name}: ${amount(count)} cells could not be read, such as ${JSON.stringify(cell)}, and were imputed`);
    const where = out === undefined ? "" : `, written to ${out}`;
    if (isDone) process.stderr.write(`${amount(this.rows)} rows predicted in ${seconds.toFixed(1)} s${where}\n`);
    else process.stderr.write(`${pico.yellow("Interrupted")} after ${amount(this.rows)} rows\n`);
  }

  #columns(names: readonly string[], lacking: readonly string[]): void {
    const known = new Set([...this.model.features.map(({ name }) => name), this.model.plan.target]);
    const extra = names.filter((name) => !known.has(name));
    if (extra.length > 0) process.stderr.write(`${pico.dim(`not used: ${extra.join(", ")}`)}\n`);
    if (lacking.length > 0) warn(`missing, and imputed: ${lacking.join(", ")}`);
  }
}

function warn(text: string): void {
  process.stderr.write(`${pico.yellow("warning:")} ${text}\n`);
}
