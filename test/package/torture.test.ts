/** A few of the kills and damages of `npm run torture`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { root } from "../support/repository.js";
import { built } from "./built.js";

beforeAll(() => built());

test("trainings that are killed, whose disk is full, whose checkpoints are damaged end with the bits of undisturbed ones", () => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, "scripts/torture/torture.mjs"), "--quick"], { encoding: "utf8" });
  expect(stdout).toMatch(/in all: kills 6, /);
  expect(stdout).toMatch(/combinations: combinations 6, /);
  expect(stdout).toMatch(/disk: runs 4, /);
  expect(stdout).toMatch(/damage: flips \d+, cuts \d+, /);
  expect(stdout).toMatch(/\n0 failed, /);
  expect(status).toBe(0);
}, 600_000);
