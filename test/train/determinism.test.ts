import { expect, test } from "vitest";
import { HASH, trained, useBundled } from "../support/determinism.js";

const bundle = useBundled();

/** Every Node and more threads: test/long/determinism.test.ts. */
test.each([
  [1, false],
  [2, false],
  [1, true],
  [2, true],
])("the plain build trains to the bits that stand in the repository, on %i threads, captured: %s", (threads, captured) => {
  const outcome = trained(bundle.folder, process.execPath, bundle.library, threads, captured);
  if (captured) expect(outcome.replays).toBeGreaterThan(190);
  expect(outcome.hash).toBe(HASH);
  expect(outcome.threads).toBe(threads);
  expect(outcome.loss).toBeLessThan(0.3);
  if (threads > 1) expect(outcome.parts).toBeGreaterThan(0);
});
