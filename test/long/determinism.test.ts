import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { HASHES, type Name, trained, useBundled } from "../support/determinism.js";
import { root } from "../support/repository.js";

const VERSIONS = [20, 22, 24, 26];
const COUNTS = [1, 2, 3, 4, 8];
const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT)\b/;

/** The program of a major version of Node, installed once into build/nodes; null, which is said, without a registry. */
function nodeOf(version: number): string | null {
  const folder = join(root, "build/nodes", String(version));
  const file = join(folder, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
    const { status, stderr } = spawnSync("npm", ["install", "--no-save", `node@${version}`], { cwd: folder, encoding: "utf8", shell: process.platform === "win32" }); // biome-ignore format: one line
    if (status !== 0 && UNREACHABLE.test(stderr)) {
      console.log(`skipped: Node ${version} is not installed and the package registry cannot be reached`);
      return null;
    }
    if (status !== 0 || !existsSync(file)) throw new Error(`npm install node@${version} failed: ${stderr}`);
  }
  return file;
}

const bundle = useBundled();

describe.each(VERSIONS)("Node %i", (version) => {
  const node = nodeOf(version);

  test.skipIf(node === null)("is that version", () => {
    const { stdout } = spawnSync(node as string, ["-p", "process.versions.node"], { encoding: "utf8" });
    expect(stdout).toMatch(new RegExp(`^${version}\\.`));
  });

  describe.each(Object.keys(HASHES) as Name[])("%s", (name) => {
    test.skipIf(node === null).each(COUNTS)("on %i threads, every call shared: the bits that stand in the repository", (threads) => {
      const { hash, threads: started, parts, loss } = trained(bundle.folder, node as string, bundle.library, name, threads);
      expect(hash).toBe(HASHES[name]);
      expect(started).toBe(threads);
      expect(loss).toBeLessThan(0.7);
      if (threads > 1) expect(parts).toBeGreaterThan(0);
    });

    test.skipIf(node === null).each(COUNTS)("captured, on %i threads: the same bits", (threads) => {
      const { hash, replays } = trained(bundle.folder, node as string, bundle.library, name, threads, true);
      expect(hash).toBe(HASHES[name]);
      expect(replays).toBeGreaterThan(50);
    });

    test.skipIf(node === null).each([1, 2])("what is published, on %i threads", (threads) => {
      const door = (file: string) => pathToFileURL(join(root, `build/${file}.js`)).href;
      const published = { library: door("index"), digits: door("digits") };
      expect(trained(bundle.folder, node as string, published, name, threads).hash).toBe(HASHES[name]);
    });
  });
});
