/**
 * `node scripts/figures.mjs [NAME…]` draws the pictures of docs/figures.md anew, all or some: it runs the command that stands below each, and
 * keeps the picture in docs/figures. `npm run build` comes first.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "docs/figures");

const page = readFileSync(join(root, "docs/figures.md"), "utf8");
const commands = [...page.matchAll(/^npx simdgrad (plot ([a-z0-9-]+) .*--out [a-z0-9-]+\.(?:svg|png))$/gm)].map(([, words, name]) => ({
  words,
  name,
}));
const names = process.argv.slice(2);
const unknown = names.filter((name) => !commands.some((command) => command.name === name));
if (unknown.length > 0) throw new Error(`docs/figures.md has no command for ${unknown.join(", ")}`);

mkdirSync(folder, { recursive: true });
for (const { words, name } of commands) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { status } = spawnSync(process.execPath, [join(root, "build/cli.js"), ...words.split(/ +/)], { cwd: folder, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
