import { describe, expect, test } from "vitest";
import { meet } from "../support/malformed/reader.js";
import { readers } from "../support/malformed/readers.js";

const CASES = 150;

/** test/long/malformed.test.ts has ten thousand, and watches time and memory. */
describe(`of ${CASES} damaged files each is refused by an error of the library, or read as what it says`, () => {
  test.each(readers.map((row) => ({ name: row.name, row })))("$name", async ({ row }) => {
    const { refused } = await meet(row, CASES, 13);
    if (!row.mends) expect(refused).toBeGreaterThan(CASES / 8);
  });
});
