import fc from "fast-check";
import { SimdgradError } from "../../../src/index.js";
import { collectGarbage } from "../growth.js";
import { type Damaged, damaged } from "./damage.js";

/** A reader that meets damaged files. */
export interface Reader<T = unknown> {
  readonly name: string;
  /** Whole files. */
  readonly samples: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** Whether the files are texts, or have one within. */
  readonly text?: boolean;
  /** Whether the reader makes a damaged file anew, so that few are refused. */
  readonly mends?: boolean;
  readonly read: (bytes: Uint8Array) => T | Promise<T>;
  /**
   * Throws where a result is not what the bytes say: a damaged file that is read must be a valid file with another content.
   * @param samples the whole files, for formats with checksums
   */
  readonly judge: (result: T, bytes: Uint8Array, samples: readonly Uint8Array[]) => void | Promise<void>;
}

/** A row of the table of readers. */
export function reader<T>(row: Reader<T>): Reader {
  return row as Reader;
}

/** What a run of cases met. */
export interface Course {
  cases: number;
  refused: number;
  read: number;
  /** The most processor time of one case, in ms. */
  slowest: number;
  /** How much the most memory of the process grew, in bytes. */
  growth: number;
}

/** The most memory that the process ever had, in bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

/**
 * Reads damaged files. Each must be refused by one of the library's errors, or read as what it says.
 * @param tidy after how many cases garbage is collected, so that what is left of files before does not count as memory of one
 * @throws what fast-check says of the smallest file that is not
 */
export async function meet(
  { samples, text = false, read, judge }: Reader,
  cases: number,
  seed: number,
  tidy = Number.POSITIVE_INFINITY,
): Promise<Course> {
  const whole = await samples();
  for (const sample of whole) await judge(await read(sample.slice()), sample, whole);
  const course: Course = { cases: 0, refused: 0, read: 0, slowest: 0, growth: 0 };
  const before = peak();
  const check = async ({ bytes }: Damaged): Promise<void> => {
    course.cases++;
    if (course.cases % tidy === 0) collectGarbage();
    const given = bytes.slice();
    const began = process.cpuUsage();
    let result: unknown;
    try {
      result = await read(given);
    } catch (error) {
      if (!(error instanceof SimdgradError)) throw error;
      if (!/^[\w. ]+: .+\.$/s.test(error.message) && !/\.( .+)?$/s.test(error.message)) throw new Error(`no sentence: ${error.message}`);
      course.refused++;
      return;
    } finally {
      const { user, system } = process.cpuUsage(began);
      course.slowest = Math.max(course.slowest, (user + system) / 1000);
      course.growth = peak() - before;
    }
    course.read++;
    await judge(result, bytes, whole);
  };
  await fc.assert(fc.asyncProperty(damaged(whole, text), check), { numRuns: cases, seed });
  return course;
}
