import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import "../../src/index.js";
import { FIGURES, settingsOf } from "../../src/cli/plot.js";
import * as door from "../../src/plot.js";
import { files, read, root } from "../support/repository.js";

const page = read("docs/figures.md");

/** The section of a figure, from its heading to the next. */
function sectionOf(name: string): string {
  return page.split(/^#{2,3} /m).find((section) => section.startsWith(`${name}\n`)) ?? "";
}

/** The command below a picture. */
function commandOf(name: string): { words: string[]; picture: string } {
  const [, words, picture] = sectionOf(name).match(/^npx simdgrad plot [a-z0-9-]+ (.*?)--out ([a-z0-9-]+\.(?:svg|png))$/m) ?? [];
  if (picture === undefined) throw new Error(`docs/figures.md has no command for ${name}`);
  return { words: words.split(" ").filter(Boolean), picture };
}

const pathOf = (picture: string): string => join(root, "docs/figures", picture);

const LIMITS = { svg: 150_000, png: 200_000 };
/** How far the picture's numbers may lie from those of another build of the kernels, in pixels. */
const TOLERANCE = 2;

/** What stands between the numbers of an SVG, and the numbers. */
function partsOf(svg: string): { words: string; numbers: number[] } {
  const plain = svg.replace(/\bs[0-9a-z]+-(?=\d)/g, "");
  return { words: plain.replace(/-?\d*\.?\d+/g, "#"), numbers: [...plain.matchAll(/-?\d*\.?\d+/g)].map(Number) };
}

describe.each([...FIGURES.keys()])("%s", (name) => {
  const figure = FIGURES.get(name);
  if (figure === undefined) throw new Error();

  test("has its section: the picture, its command, a sentence, and a function of the door for data of one's own", () => {
    const { picture } = commandOf(name);
    expect(picture).toBe(`${name}.${figure.format ?? "svg"}`);
    expect(sectionOf(name)).toContain(`![${name}](figures/${picture})`);
    const functions = [...sectionOf(name).matchAll(/`(\w+)\(/g)].map(([, word]) => word);
    expect(functions.filter((word) => word in door)).not.toEqual([]);
    expect(existsSync(pathOf(picture))).toBe(true);
    expect(statSync(pathOf(picture)).size).toBeLessThanOrEqual(LIMITS[figure.format ?? "svg"]);
  });

  test("its command line is understood", () => {
    expect(Object.keys(settingsOf(figure, commandOf(name).words))).toEqual(Object.keys(figure.options));
  });

  test.skipIf(figure.slow || figure.format === "png")("is drawn as it was", async () => {
    const { words, picture } = commandOf(name);
    const drawn = partsOf(`${(await figure.demo(settingsOf(figure, words), () => {})).svg}\n`);
    const kept = partsOf(readFileSync(pathOf(picture), "utf8"));
    expect(drawn.words).toBe(kept.words);
    const far = drawn.numbers.filter((number, i) => Math.abs(number - kept.numbers[i]) > TOLERANCE);
    expect(far).toEqual([]);
  });
});

test("every picture stands on the page above the command that drew it, small enough", () => {
  const drawn = new Map(
    [...page.matchAll(/^npx simdgrad plot ([a-z0-9-]+) .*--out ([a-z0-9-]+\.(?:svg|png))$/gm)].map(([, name, picture]) => [picture, name]),
  );
  for (const file of files("docs/figures")) {
    const picture = file.replace("docs/figures/", "");
    const name = drawn.get(picture) ?? "";
    expect(FIGURES.has(name), `${picture} has no command`).toBe(true);
    expect(picture.startsWith(name)).toBe(true);
    expect(page.indexOf(`](figures/${picture})`)).toBeGreaterThan(0);
    expect(page.indexOf(`](figures/${picture})`)).toBeLessThan(page.indexOf(`--out ${picture}`));
    expect(statSync(pathOf(picture)).size).toBeLessThanOrEqual(picture.endsWith(".png") ? LIMITS.png : LIMITS.svg);
  }
});

test("figures are named in kebab case, and each file of src/plot/figures is in the registry", () => {
  for (const name of FIGURES.keys()) expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  const registry = read("src/plot/figures.ts");
  const missing = files("src/plot/figures").filter(
    (file) => /= figure\(/.test(read(file)) && !registry.includes(`./figures/${file.split("/").pop()?.replace(/\.ts$/, ".js")}`),
  );
  expect(missing).toEqual([]);
});
