import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { built } from "../package/built.js";
import { files, read, root } from "../support/repository.js";
import { type Outcome, runAll } from "./run.js";

/** What the last lines of each example show; the numbers in a line are handed to its check. */
const SHOWN: Record<string, { line: RegExp; holds: (...numbers: number[]) => boolean }> = {
  digits: { line: /^test accuracy (.*)$/m, holds: (accuracy) => accuracy > 0.96 },
  regression: { line: /^mean error (.*), of the mean alone (.*)$/m, holds: (error, spread) => error < spread / 10 },
  characters: { line: /^accuracy (.*)$/m, holds: (accuracy) => accuracy > 0.85 },
  "learning-curve": {
    line: /after epoch (\d+): loss .*, accuracy (.*)$/m,
    holds: (epoch, accuracy) => epoch < 50 && accuracy > 0.75,
  },
  autoencoder: { line: /noisy images (.*), of the cleaned ones (.*)$/m, holds: (noisy, cleaned) => cleaned < 0.6 * noisy },
  gan: { line: /^mean radius (.*), deviation (.*)$/m, holds: (radius, deviation) => Math.abs(radius - 1) < 0.1 && deviation < 0.2 },
  distillation: { line: /from 400 labels (.*), from the teacher (.*)$/m, holds: (labels, teacher) => labels > 0.9 && teacher > labels },
  "gradient-penalty": { line: /^plain (.*), with the penalty (.*)$/m, holds: (plain, smooth) => smooth < plain },
  activations: { line: /^(\d+) curves with (\d+) derivatives in/m, holds: (curves, derivatives) => curves > 25 && derivatives === curves },
  "perceptron-letters": { line: /^letters read (.*), XOR (.*)$/m, holds: (read, xor) => read > 0.97 && xor <= 0.75 },
  estimators: {
    line: /^bias (.*) of 0.8, (.*) of 1; squared errors (.*) < (.*)$/m,
    holds: (biased, unbiased, smaller, greater) => Math.abs(biased - 0.8) < 0.02 && Math.abs(unbiased - 1) < 0.02 && smaller < greater,
  },
  "bias-variance": {
    line: /^best degree (\d+), error (.*), of degree 10 (.*), with a penalty (.*)$/m,
    holds: (best, error, high, tamed) => best >= 3 && best <= 5 && error < tamed && tamed < high,
  },
  "mixture-digits": { line: /^accuracy (.*), of pixels .* (.*)$/m, holds: (white, pixels) => white > 0.97 && pixels > 0.93 },
  "random-features": { line: /random features (.*), of 32 learned ones (.*)$/m, holds: (random, learned) => learned > 0.9 && random < 0.6 },
  stream: { line: /skipped 20 lines, accuracy (.*)\n.*at step 100\nthe same weights: true$/m, holds: (accuracy) => accuracy > 0.95 },
  "pytorch-weights": { line: /^the same back: true$/m, holds: () => true },
};

const names = files("examples").flatMap((path) => /^examples\/([^/]+)\.mjs$/.exec(path)?.[1] ?? []);

test("every example is listed, and is held to something", () => {
  expect(Object.keys(SHOWN).sort()).toEqual([...names].sort());
  const index = read("examples/README.md");
  expect(files("examples").filter((path) => path.endsWith(".mjs") && !index.includes(`(${path.slice("examples/".length)})`))).toEqual([]);
});

test.for(names)("%s says what it shows and how to run it", (name) => {
  const [, head] = /^\/\*\*\n([\s\S]*?)\*\//.exec(read(`examples/${name}.mjs`)) ?? [];
  expect(head).toContain(` *     node examples/${name}.mjs\n`);
});

describe("every example runs and shows what it promises", () => {
  const fileOf = (name: string): string => join(root, "examples", `${name}.mjs`);
  let outcomes: Map<string, Outcome>;
  beforeAll(() => {
    built();
    outcomes = runAll(names.map(fileOf));
  });

  test.for(names)("%s", (name) => {
    const { error, output } = outcomes.get(fileOf(name)) as Outcome;
    expect(error).toBeNull();
    const { line, holds } = SHOWN[name];
    expect(output).toMatch(line);
    const [shown, ...numbers] = line.exec(output) as RegExpExecArray;
    expect(holds(...numbers.map(Number)), shown).toBe(true);
  });
});
