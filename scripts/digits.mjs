/**
 * `node scripts/digits.mjs digits.csv[.gz]`: writes src/io/digitsData.ts from a table of 1797 rows, each 64 pixels 0 … 16 and
 * the label, without a header: scikit-learn's copy (sklearn/datasets/data/digits.csv.gz) of the test set of "Optical Recognition
 * of Handwritten Digits", UCI Machine Learning Repository, CC BY 4.0.
 *
 * Values are stored column by column (all first pixels, …, all labels), which compresses by a tenth better than row by row.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, gunzipSync, gzipSync } from "node:zlib";

/** The checksum of the uncompressed table. */
const SHA256 = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8";

const source = process.argv[2];
if (source === undefined) throw new Error("digits: no file given; expected: node scripts/digits.mjs digits.csv.gz");
const file = readFileSync(source);
const table = file[0] === 0x1f ? gunzipSync(file) : file;
const sum = createHash("sha256").update(table).digest("hex");
if (sum !== SHA256) throw new Error(`digits: ${source} is another table: its SHA-256 is ${sum}; expected ${SHA256}`);

const rows = table.toString("latin1").trim().split("\n");
const values = rows.map((row) => row.split(",").map(Number));
const columns = Uint8Array.from(Array.from({ length: 65 }, (_, column) => values.map((row) => row[column])).flat());
// Tries all sizes of gzip's blocks and keeps the smallest result: each block has a code of its own, and the columns of the table differ.
const trials = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((memLevel) => gzipSync(columns, { level: 9, memLevel, strategy: constants.Z_FILTERED }));
const compressed = trials.reduce((best, trial) => (trial.length < best.length ? trial : best));

const target = join(dirname(fileURLToPath(import.meta.url)), "../src/io/digitsData.ts");
writeFileSync(
  target,
  `/**
 * Made by \`node scripts/digits.mjs\`; do not edit. E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine
 * Learning Repository, 1998, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0
 * (https://creativecommons.org/licenses/by/4.0/): the test set, as scikit-learn has it. Changed: the table is stored column by column
 * as bytes, gzipped, in base64.
 */
export const DIGITS =
  "${compressed.toString("base64")}";
`,
);
console.log(`digits: ${rows.length} rows, ${compressed.length} bytes compressed`);
