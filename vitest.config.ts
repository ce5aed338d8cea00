import { configDefaults, defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/browser/**", "test/long/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    // The tests of the threads set their own number. Who works on the library looks for errors within.
    env: { SIMDGRAD_THREADS: "1", SIMDGRAD_STACK: "full" },
  },
});
