import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/repository.js";
import { canBeWide } from "../support/wide.js";

/** The short form of `npm run prove:wide`: some thousand random calls, and a trial of some seconds. */
test.runIf(canBeWide)("kernels compiled wide have the bits of narrow ones, and do no harm to other modules", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "scripts/prove/prove.mjs"), "--short"], { encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/the library's [1-9]\d*,[\s\S]*trial: clean\nclean\n$/);
});
