import { beforeAll, describe, expect, test } from "vitest";
import { jsonLines, start } from "../cli/command.js";
import { built, emptyFolder } from "../package/built.js";
import { dataFile } from "../support/data.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
}, 120_000);

/** The mean of five folds that one command reaches, and the figure's name. */
const TABLES = [
  ["iris", "accuracy", 0.95],
  ["wine", "accuracy", 0.96],
  ["breast-cancer", "accuracy", 0.96],
  ["diabetes", "r2", 0.42],
] as const;

describe.each(TABLES)("%s in one command: %s of five folds", (name, figure, least) => {
  const file = dataFile(name, `tables/${name}.csv`);

  test.skipIf(file === null).each([0, 1, 2])("seed %i", async (seed) => {
    const args = ["train", file ?? "", "--folds", "5", "--seed", String(seed), "--json", "--out", `${name}.safetensors`];
    const result = await start(folder, args);
    expect(result.code).toBe(0);
    const found = jsonLines(result).find(({ event }) => event === "folds");
    console.log(`${name}, seed ${seed}: ${found[figure]}`);
    expect(found[figure]).toBeGreaterThanOrEqual(least);
  });
});
