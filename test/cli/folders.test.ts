import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { png } from "../support/png.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
  // Red and blue squares of two sizes.
  for (const [name, colour] of Object.entries({ red: [220, 30, 20], blue: [10, 40, 230] })) {
    mkdirSync(join(folder, "squares", name), { recursive: true });
    for (let i = 0; i < 15; i++) {
      const side = 10 + (i % 3);
      const pixel = (x: number, y: number) => colour.map((part) => Math.max(0, part - ((x * y + 7 * i) % 40)));
      writeFileSync(join(folder, "squares", name, `${i}.png`), png({ width: side, height: side, type: 2, depth: 8, pixel }));
    }
  }
});

test("a folder with a folder for each class: trained, tested, and tested again", async () => {
  const args = ["train", "squares", "--size", "8", "--augment", "--batch", "8", "--epochs", "8", "--json"];
  const result = await start(folder, args);
  expect([result.code, result.stderr.includes("error")]).toEqual([0, false]);
  const final = jsonLines(result).at(-1);
  expect(final).toMatchObject({ event: "result", dataset: "squares", network: "convnet", model: "squares.safetensors", testAccuracy: 1 });
  expect(final.confusion).toEqual([
    [3, 0],
    [0, 3],
  ]);
  const evaluated = await start(folder, ["evaluate", "squares.safetensors", "squares", "--json"]);
  expect(jsonLines(evaluated)[0]).toMatchObject({ event: "result", dataset: "squares", testAccuracy: 1 });
  const without = await start(folder, ["evaluate", "squares.safetensors"]);
  expect([without.code, without.stderr]).toEqual([
    2,
    expect.stringMatching(/was trained on the folder squares, and takes a folder of images/),
  ]);
  mkdirSync(join(folder, "others", "green"), { recursive: true });
  writeFileSync(join(folder, "others", "green", "1.png"), png({ width: 8, height: 8, type: 2, depth: 8, pixel: () => [0, 255, 0] }));
  const others = await start(folder, ["evaluate", "squares.safetensors", "others"]);
  expect(others.stderr).toMatch(/others has the classes green; the model knows blue, red/);
  const one = await start(folder, ["train", "others"]);
  expect([one.code, one.stderr]).toEqual([
    2,
    expect.stringMatching(/others has one folder of images, "green"; expected a folder for each/),
  ]);
});

test("for people, by rows of pixels; a folder without classes", async () => {
  const { code, stdout } = await start(folder, ["train", "squares", "--size", "8", "--model", "mlp", "--hidden", "16", "--epochs", "3"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^squares: 24 images to train on, 6 to test\n192 → 16 relu, dropout 0\.2 → 2, /m);
  mkdirSync(join(folder, "empty"));
  const empty = await start(folder, ["train", "empty"]);
  expect([empty.code, empty.stderr]).toEqual([1, expect.stringMatching(/^error: imageFolder: /)]);
});
