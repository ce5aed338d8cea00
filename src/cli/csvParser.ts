// @ts-expect-error: the library has no declarations of its own; what is used of it is declared beside `useParser`.
import papa from "papaparse";
import { type PapaParse, useParser } from "../data/csv/papaparse.js";

/** Gives the command the parser of quotes within quotes, which it brings along: `npx` installs no optional peers. */
export function bundleCsvParser(): void {
  useParser(papa as PapaParse);
}
