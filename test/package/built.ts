import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../support/repository.js";

/** Builds what is published, unless it is fresh; test files that run side by side take turns. */
export function built(): void {
  const lock = join(root, "build/package.pid");
  mkdirSync(join(root, "build"), { recursive: true });
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  } finally {
    rmSync(lock);
  }
}

/** Takes the lock, a file with the number of the process that has it. One that a killed run left is removed. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isAbandoned(lock: string): boolean {
  try {
    const holder = Number(readFileSync(lock, "utf8"));
    // 0 has not written its number yet.
    if (holder > 0) process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "ESRCH";
  }
}

/** An empty folder, gone when the process ends. */
export function emptyFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "simdgrad-")));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The tarball that would be published. */
export function pack(): string {
  built();
  const folder = emptyFolder();
  const [{ filename }] = JSON.parse(npm(root, "pack", "--ignore-scripts", "--json", "--pack-destination", folder)) as {
    filename: string;
  }[];
  return join(folder, filename);
}

/** A folder of somebody who uses the package, with nothing in it but the installed package. */
export function installed(type: "module" | "commonjs" = "module"): string {
  const folder = emptyFolder();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "consumer", private: true, type }));
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", pack());
  return folder;
}

function npm(cwd: string, ...args: string[]): string {
  return execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
}

/** Runs a program with the Node that runs the tests. @returns what it prints */
export function runNode(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  // An error in a bundle that a consumer minified quotes its line, which is the whole bundle.
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}:\n${stderr.replace(/^.{300,}$/gm, "…")}`);
  return stdout;
}
