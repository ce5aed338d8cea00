import { readFileSync } from "node:fs";
import { csvRecords } from "../data/csvRecords.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { isError } from "../options/builtin.js";
import type { Figures } from "../plot/history.js";

/** The figures of a training from a file: what CSVLogger wrote, or JSON of a history. @throws ArgumentError for anything else */
export async function readHistory(file: string): Promise<Figures> {
  if (/\.json$/i.test(file)) return fromJson(file);
  const columns = new Map<string, number[]>();
  for await (const record of csvRecords(file)) {
    for (const [name, cell] of Object.entries(record)) {
      if (typeof cell !== "number") throw new ArgumentError(message("plot", `${file}: the column ${name} holds ${cell}; expected numbers`));
      columns.set(name, [...(columns.get(name) ?? []), cell]);
    }
  }
  const { epoch, ...history } = Object.fromEntries(columns);
  return { history, ...(epoch && { epoch }) };
}

function fromJson(file: string): Figures {
  try {
    // JSON writes null for NaN.
    return JSON.parse(readFileSync(file, "utf8"), (_, value) => value ?? Number.NaN) as Figures;
  } catch (error) {
    if (!isError(error)) throw error;
    throw new ArgumentError(message("plot", `${file} is no JSON: ${error.message}`));
  }
}
