import { configDefaults, defineConfig } from "vitest/config";

/** What is published, as others use it, and in a browser: `npm run test:package`. */
export default defineConfig({
  test: {
    include: ["test/{browser,cli,package}/**/*.test.ts"],
    exclude: configDefaults.exclude,
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    env: { SIMDGRAD_THREADS: "1" },
  },
});
