import { describe, expect, test } from "vitest";
import { HASHES, type Name, trained, useBundled } from "../support/determinism.js";

const bundle = useBundled();

/** Every Node and more threads: test/long/determinism.test.ts. */
describe.each(Object.keys(HASHES) as Name[])("%s", (name) => {
  test.each([
    [1, false],
    [2, false],
    [1, true],
    [2, true],
  ])("the plain build trains to the bits that stand in the repository, on %i threads, captured: %s", (threads, captured) => {
    const outcome = trained(bundle.folder, process.execPath, bundle.library, name, threads, captured);
    if (captured) expect(outcome.replays).toBeGreaterThan(50);
    expect(outcome.hash).toBe(HASHES[name]);
    expect(outcome.threads).toBe(threads);
    expect(outcome.loss).toBeLessThan(0.7);
    if (threads > 1) expect(outcome.parts).toBeGreaterThan(0);
  });
});
