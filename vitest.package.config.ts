import { configDefaults, defineConfig } from "vitest/config";

/** What is published, as others use it, and in a browser: `npm run test:package`. */
export default defineConfig({
  test: {
    include: ["test/{browser,cli,package}/**/*.test.ts"],
    setupFiles: ["test/support/draws.ts"],
    exclude: configDefaults.exclude,
    pool: "forks",
    maxWorkers: 2,
    // For what hangs: on a busy machine a test takes many times as long as on an idle one.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 120_000 } },
    env: { SIMDGRAD_THREADS: "1" },
  },
});
