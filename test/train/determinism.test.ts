import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundled, HASH, type Library, trained } from "../support/determinism.js";

let folder: string;
let library: Library;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-determinism-"));
  library = await bundled(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every Node and more threads: test/long/determinism.test.ts. */
test.each([1, 2])("the plain build trains to the bits that stand in the repository, on %i threads", (threads) => {
  const outcome = trained(folder, process.execPath, library, threads);
  expect(outcome.hash).toBe(HASH);
  expect(outcome.threads).toBe(threads);
  expect(outcome.loss).toBeLessThan(0.3);
  if (threads > 1) expect(outcome.parts).toBeGreaterThan(0);
});
