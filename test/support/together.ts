import { afterAll, beforeAll, expect, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import { manualSeed } from "../../src/index.js";
import { type KernelBuild, kernelBuild } from "../../src/kernels/load.js";

/** Test files that share a process begin alike, whichever ran before. */

let build: KernelBuild;

beforeAll(() => {
  build = kernelBuild();
  manualSeed(0);
  forgetNotes();
});

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  // What a file chose and left would be found by the next one.
  expect(kernelBuild()).toBe(build);
});
