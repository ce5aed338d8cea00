import { readdirSync, readFileSync } from "node:fs";
import { configDefaults, defineConfig } from "vitest/config";

/** Files whose tests measure the memory, or ask for wide kernels. A file that ran before them in the same process would change what they see. */
const MEASURING = readdirSync("test", { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter(
    (file) =>
      file.endsWith(".test.ts") &&
      /liveBytes|peakBytes|arrayBuffers|memoryUsage|\bmemory\(\)|useWide|canBeWide|support\/wide/.test(readFileSync(file, "utf8")),
  );

/**
 * Test files that need a process of their own. All others share two processes, which load the library once: that saves two of five minutes.
 * A file belongs here if it measures the memory or asks for wide kernels, which is seen by its words, fills the memory, replaces or counts what a process has once (kernels,
 * threads, the network, stubbed globals, modules under `vi.mock`), or spawns what it measures.
 */
const ALONE = [
  ...MEASURING,
  // The linear memory: filled, or what a block's place was.
  "test/memory/**",
  "test/ops/operands.test.ts",
  "test/optim/optimizer.test.ts",
  "test/kernels/reduce.test.ts",
  "test/model/{footprint,profile}.test.ts",
  "test/models/**",
  "test/diagnose/trainings.test.ts",
  // Which kernels are compiled, and how.
  "test/kernels/{pieces,wide/**,threads/**}",
  "test/house/records.test.ts",
  // What a process has once, replaced.
  "test/capture/verify.test.ts",
  "test/errors/{copies,stack}.test.ts",
  "test/io/{cifar10,file,mnist,shakespeare,image/jpeg}.test.ts",
  "test/linalg/load.test.ts",
  "test/model/checkpoint.test.ts",
  "test/train/{breathe,finiteGuard}.test.ts",
  // Programs and processes of the user's.
  "test/{cli,docs,package,tutorials}/**",
];

export default defineConfig({
  test: {
    globalSetup: ["test/support/pages.ts"],
    setupFiles: ["test/support/draws.ts"],
    exclude: [...configDefaults.exclude, "test/browser/**", "test/long/**"],
    pool: "forks",
    maxWorkers: 2,
    // For what hangs: on a busy machine a test takes many times as long as on an idle one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 120_000 } },
    // The tests of the threads set their own number. Who works on the library looks for errors within.
    env: { SIMDGRAD_THREADS: "1", SIMDGRAD_STACK: "full" },
    projects: [
      { extends: true, test: { name: "alone", include: ALONE.map((pattern) => pattern.replace(/\*\*$/, "**/*.test.ts")) } },
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: ALONE,
          isolate: false,
          setupFiles: ["test/support/together.ts"],
        },
      },
    ],
  },
});
