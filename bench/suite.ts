/** The program of `npm run bench`: measures the rows that the arguments name, prints each at once, and the bars at the end. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { useKernels } from "../src/kernels/load.js";
import { setThreads } from "../src/kernels/threads/workers.js";
import { judge } from "./bars.js";
import { FULL, QUICK, type Row } from "./harness.js";
import { copy, multiplyAdd } from "./limits.js";
import { type Measured, measure, VARIANTS } from "./measure.js";
import { head, legend, line, machine, verdictLine } from "./report.js";

export async function run(rows: readonly Row[]): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { quick: { type: "boolean" }, json: { type: "string" } },
  });
  const plan = values.quick ? QUICK : FULL;
  const chosen: Row[] = [
    multiplyAdd,
    copy,
    ...rows.filter(({ group, name }) => positionals.length === 0 || positionals.some((part) => `${group} ${name}`.includes(part))),
  ];
  const all: Measured[] = [];
  const broken: string[] = [];
  // Each build has threads of its own.
  for (const build of new Set(VARIANTS.map(({ build }) => build))) {
    useKernels(build);
    await setThreads(Math.max(1, ...chosen.map(({ threads = 1 }) => threads)));
  }
  console.log(legend());
  for (const [i, row] of chosen.entries()) {
    if (row.group !== chosen[i - 1]?.group) console.log(head(row));
    try {
      const measured = measure(row, plan);
      all.push(measured);
      console.log(line(measured));
    } catch (error) {
      broken.push(`${row.group} ${row.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const { verdicts, missing } = judge(all);
  console.log(["\nbars", ...verdicts.map(verdictLine)].join("\n"));
  const unknown = [...broken, ...(positionals.length === 0 ? missing.map((what) => `bar: ${what}`) : [])];
  if (unknown.length > 0) console.log(["\nnot measured", ...unknown].join("\n  "));
  if (broken.length > 0) process.exitCode = 1;
  if (values.json) {
    const results = all.flatMap(({ results }) => results);
    writeFileSync(values.json, `${JSON.stringify({ machine: machine(), results }, null, 1)}\n`);
  }
}
