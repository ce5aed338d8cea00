import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { installed, runNode } from "./built.js";

const OBJECTIVE = `
  import { randn } from "simdgrad";
  import { threadId } from "node:worker_threads";
  export default ({ x }) => {
    if (x > 0.7) throw new Error("too much");
    return x + randn([1]).item() + 0 * threadId;
  };`;

const SEARCH = `
  import { randomSearch, uniform } from "simdgrad/search";
  import objective from "./objective.mjs";
  const search = (objective, options) => randomSearch(objective, { x: uniform(0, 1) }, { mode: "min", trials: 24, seed: 5, prune: true, ...options });
  const told = ({ trials }) => JSON.stringify(trials.map(({ seconds, ...trial }) => trial));
  const here = told(await search(objective));
  const url = new URL("./objective.mjs", import.meta.url);
  const same = [1, 3].map(async (workers) => told(await search(url, { workers })) === here);
  const failed = await Promise.all(["./missing.mjs", "./none.mjs"].map((file) =>
    search(new URL(file, import.meta.url), { workers: 1 }).then(() => null, (error) => error.name + ": " + error.message)));
  console.log(JSON.stringify({ same: await Promise.all(same), failed, failures: JSON.parse(here).filter(({ status }) => status === "failed").length }));`;

let folder: string;
beforeAll(() => {
  folder = installed();
});

test("a search on several threads finds what it finds on one", () => {
  writeFileSync(join(folder, "objective.mjs"), OBJECTIVE);
  writeFileSync(join(folder, "none.mjs"), "export default 3;");
  writeFileSync(join(folder, "search.mjs"), SEARCH);
  const { same, failed, failures } = JSON.parse(runNode(folder, "search.mjs"));
  expect(same).toEqual([true, true]);
  expect(failures).toBeGreaterThan(0);
  expect(failed).toEqual([
    expect.stringMatching(/^ArgumentError: randomSearch: the module file:.*missing\.mjs cannot be loaded: Cannot find module/),
    expect.stringMatching(/^ArgumentError: randomSearch: the module file:.*none\.mjs exports 3 as default; expected a function\.$/),
  ]);
});
