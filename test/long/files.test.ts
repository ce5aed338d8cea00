import { fork, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { full, loadWeights, saveWeights } from "../../src/index.js";
import { root } from "../support/repository.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program on the built package. @returns what it prints as JSON */
function run(program: string): { peak: number; found: number[] } {
  const start = `import { readFileSync } from "node:fs";
    import * as sg from ${JSON.stringify(join(root, "build/index.js"))};
    const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", start + program], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

/** 2.5 GiB of float32, in layers of 64 MiB. */
const LAYERS = 40;
const GiB = 2 ** 30;

test.runIf(process.platform === "linux")("a state of 2.5 GiB is saved and loaded within 3 GiB of resident memory", () => {
  const net = `const net = new sg.Sequential(Array.from({ length: ${LAYERS} }, () => new sg.Dense(4096, { inputShape: [4096], bias: false })));
    const path = ${JSON.stringify(join(folder, "model.safetensors"))};`;
  const probe = `net.parameters().map((one) => { const v = one.view(); return v[0] + v[v.length - 1] + v[5_000_000]; })`;
  const saved = run(`${net} await net.save(path); console.log(JSON.stringify({ found: ${probe}, peak: peak() }));`);
  const loaded = run(`const path = ${JSON.stringify(join(folder, "model.safetensors"))}; const net = await sg.loadModel(path);
    console.log(JSON.stringify({ found: ${probe}, peak: peak() }));`);
  const weights = run(`const path = ${JSON.stringify(join(folder, "model.safetensors"))}; const state = await sg.loadWeights(path);
    await sg.saveWeights(path + ".again", state);
    const net = { parameters: () => Array.from({ length: ${LAYERS} }, (_, i) => state.get(i + ".weight")) };
    console.log(JSON.stringify({ found: ${probe}, peak: peak() }));`);
  expect(loaded.found).toEqual(saved.found);
  expect(weights.found).toEqual(saved.found);
  console.log(
    `peaks: save ${(saved.peak / GiB).toFixed(2)}, load ${(loaded.peak / GiB).toFixed(2)}, weights ${(weights.peak / GiB).toFixed(2)} GiB`,
  );
  for (const { peak } of [saved, loaded, weights]) expect(peak).toBeLessThan(3 * GiB);
});

test("300 saves that are killed leave the file whole, and the next save leaves nothing else", async () => {
  const place = mkdtempSync(join(folder, "kills-"));
  const path = join(place, "net.safetensors");
  const program = `
    import * as sg from ${JSON.stringify(join(root, "build/index.js"))};
    const path = ${JSON.stringify(path)};
    for (let i = 0; ; i++) {
      await sg.saveWeights(path, { a: sg.full([300_000], i), b: sg.full([300_000], i) });
      if (i === 0) process.send("ready");
    }`;
  const script = join(place, "..", "saver.mjs");
  writeFileSync(script, program);
  let left = 0;
  for (let kill = 0; kill < 300; kill++) {
    const child = fork(script, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    await new Promise((resolve) => child.once("message", resolve));
    // Different moments of the save, which takes some milliseconds.
    await new Promise((resolve) => setTimeout(resolve, (kill * 7) % 40));
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    if (readdirSync(place).length > 1) left++;
    const state = await loadWeights(path);
    const [a, b] = [state.get("a")?.view(), state.get("b")?.view()];
    expect(a?.length).toBe(300_000);
    expect(a?.every((value) => value === a[0]) && b?.every((value) => value === a[0])).toBe(true);
  }
  // Otherwise no kill met a save.
  expect(left).toBeGreaterThan(0);
  await saveWeights(path, { a: full([3], 1) });
  expect(readdirSync(place)).toEqual(["net.safetensors"]);
  expect(readFileSync(path).length).toBeLessThan(300);
});
