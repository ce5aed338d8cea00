import { expect } from "vitest";
import { SimdgradError } from "../../src/index.js";

/** Runs `f`, which must throw one of the library's errors. @returns `CODE message`, to be compared as a whole. */
export function failure(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof SimdgradError) return `${error.code} ${error.message}`;
    throw error;
  }
  return expect.fail("nothing was thrown");
}

/** The same of what `f` promises. */
export async function rejection(f: () => Promise<unknown>): Promise<string> {
  const outcome = await f().then(
    () => () => {},
    (error) => () => {
      throw error;
    },
  );
  return failure(outcome);
}
