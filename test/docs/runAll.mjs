/**
 * `node runAll.mjs FOLDER FILE…`: runs programs one after the other in one process, in the folder. Prints a JSON object a program:
 * its file, what it printed, its error, its milliseconds, and how many remarks were compared.
 */
import { pathToFileURL } from "node:url";
import { format, stripVTControlCharacters } from "node:util";

const [folder, ...files] = process.argv.slice(2);
process.chdir(folder);
const write = process.stdout.write.bind(process.stdout);

let lines = [];
let compared = 0;
let wrong = [];
console.log = (...values) => void lines.push(stripVTControlCharacters(format(...values)));

/** Prints, and compares with what the page says; … stands for anything, and space is space. */
globalThis.printed = (expected, ...values) => {
  console.log(...values);
  compared++;
  const found = lines.at(-1).replaceAll(/\s+/g, " ").trim();
  const parts = expected.replaceAll(/\s+/g, " ").split("…");
  const pattern = parts.map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*");
  if (!new RegExp(`^${pattern}$`, "s").test(found)) wrong.push(`printed:       ${found}\nthe page says: ${expected}`);
};

for (const file of files) {
  lines = [];
  compared = 0;
  wrong = [];
  const start = performance.now();
  try {
    await import(pathToFileURL(file));
  } catch (thrown) {
    wrong.push(String(thrown?.stack ?? thrown));
  }
  const error = wrong.length > 0 ? wrong.join("\n") : null;
  write(`${JSON.stringify({ file, output: lines.join("\n"), error, milliseconds: performance.now() - start, compared })}\n`);
}
process.exit();
