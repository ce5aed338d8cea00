import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/repository.js";

test("the API reference is made without a warning", () => {
  const { stdout, stderr, status } = spawnSync("npm", ["run", "docs"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  expect(status, stdout + stderr).toBe(0);
  const page = readFileSync(join(root, "build/docs/classes/index.Dense.html"), "utf8");
  expect(page).toContain("Glorot");
  for (const module of ["index", "classic", "data", "datasets", "digits", "linalg", "models"])
    expect(existsSync(join(root, `build/docs/modules/${module}.html`))).toBe(true);
});
