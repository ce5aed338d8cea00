import { afterAll, describe, expect, test } from "vitest";
import { type Course, meet } from "../support/malformed/reader.js";
import { readers } from "../support/malformed/readers.js";

/** Damaged files for each reader: together more than ten thousand. */
const CASES = Math.max(1000, Math.ceil(10_000 / readers.length));
const MiB = 2 ** 20;

describe(`of ${CASES} damaged files each is refused by an error of the library, or read as what it says`, () => {
  const courses: [string, Course][] = [];
  afterAll(() => {
    for (const [name, { cases, refused, slowest, growth }] of courses)
      console.log(`${name}: ${cases} cases, ${refused} refused; at most ${slowest.toFixed(0)} ms, ${(growth / MiB).toFixed(0)} MiB more`);
  });

  test.each(readers.map((row) => ({ name: row.name, row })))("$name: within a second, and 256 MiB of memory", async ({ name, row }) => {
    const course = await meet(row, CASES, 1, 25);
    courses.push([name, course]);
    expect(course.cases).toBe(CASES);
    expect(course.slowest).toBeLessThan(1000);
    expect(course.growth).toBeLessThan(256 * MiB);
  });
});
