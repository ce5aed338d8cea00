import { defineConfig } from "vitest/config";

/** Trainings on real data that take minutes: `npm run test:long`. */
export default defineConfig({
  test: { include: ["test/long/**/*.test.ts"], pool: "forks", maxWorkers: 1, testTimeout: 1_200_000, hookTimeout: 1_200_000 },
});
