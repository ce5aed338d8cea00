import { beforeAll, describe, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
});

test("help lists the commands and the exit codes", async () => {
  const { code, stdout } = await start(folder, ["--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /train .*evaluate .*predict .*inspect .*generate .*info .*bench .*Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted/s,
  );
});

test("help of a command lists its options", async () => {
  const { code, stdout } = await start(folder, ["help", "train"]);
  expect(code).toBe(0);
  for (const option of [
    "target",
    "task",
    "features",
    "drop",
    "kinds",
    "test",
    "folds",
    "early-stopping",
    "weight-decay",
    "model",
    "augment",
    "sequence",
    "steps",
    "hidden",
    "activation",
    "dropout",
    "optimizer",
    "learning-rate",
    "schedule",
    "epochs",
    "batch",
    "seed",
    "threads",
    "out",
    "json",
  ])
    expect(stdout).toContain(`--${option}`);
  expect(stdout).toMatch(/^ {2}mlp +fully connected layers, .*\(all images, tables\)$/m);
});

describe("wrong usage", () => {
  test.each([
    [[], /Usage: simdgrad/],
    [["trian", "digits"], /unknown command 'trian'\n\(Did you mean train\?\)/],
    [["train"], /^error: train: missing data: a data set, a table or a folder\. Write: simdgrad train digits/],
    [["train", "digit"], /Did you mean "digits"\? Known: digits, mnist, fashion-mnist, cifar10, shakespeare\./],
    [["train", "digits", "--epoch", "3"], /unknown option '--epoch'\n\(Did you mean --epochs\?\)/],
    [["train", "digits", "--epochs", "0"], /'--epochs <n>' argument '0' is invalid\. Expected a whole number ≥ 1\./],
    [["train", "digits", "--hidden", "128,x"], /'128,x' is invalid\. Expected a whole number ≥ 1\./],
    [["train", "digits", "--dropout", "1"], /Expected a number from 0 to below 1\./],
    [["train", "digits", "--seed", "-1"], /Expected a whole number ≥ 0\./],
    [["train", "digits", "--learning-rate", "0"], /Expected a number > 0\./],
    [["train", "digits", "--schedule", "cosin"], /Did you mean "cosine"\?/],
    [["train", "digits", "--threads", "0"], /Expected a whole number from 1 to 256\./],
    [["train", "digits", "--optimizer", "adamm"], /^error: compile: unknown optimizer "adamm"\. Did you mean "adam"\?/],
    [["train", "digits", "--activation", "rellu"], /unknown activation "rellu"\. Did you mean "relu"\?/],
    [["train", "digits", "--out", "missing/model.safetensors"], /cannot write .*: the folder missing is missing or read-only/],
    [["train", "digits", "--report", "."], /train: cannot write \.: it is a folder\. Name a file with --report\./],
    [["lr-find", "digits", "--plot", "missing/a.svg"], /lr-find: cannot write .*: the folder missing is missing or read-only.*--plot\./],
    [["plot", "roc-curve", "--out", "missing/a.svg"], /plot: cannot write .*: the folder missing is missing or read-only.*--out\./],
    [["train", "digits", "--model", "mpl"], /'mpl' is invalid\. Did you mean "mlp"\?/],
    [["train", "shakespeare", "--model", "convnet"], /^error: train: convnet takes images of at least 4 × 4, shakespeare has text\./],
    [["train", "digits", "--model", "convnet", "--hidden", "8"], /--hidden is given, which is for --model mlp, not for convnet/],
    [["train", "digits", "--augment"], /--augment changes images, and mlp takes rows of pixels\. Choose another --model\./],
    [
      ["train", "digits", "--model", "lenet"],
      /^error: train: lenet takes images of at least 12 × 12, digits has images of 8 × 8\. What fits: mlp, convnet, resnet20/,
    ],
    [["train", "digits", "--model", "lstm"], /^error: train: lstm takes text, digits has images of 8 × 8\. What fits: mlp/],
    [["train", "shakespeare", "--augment"], /--augment is given, which is for images, not for shakespeare/],
    [["train", "digits", "--sequence", "8"], /--sequence is given, which is for texts/],
    [["generate"], /missing required argument 'file'/],
    [["generate", "model.safetensors", "--temperature", "-1"], /Expected a number ≥ 0\./],
    [["generate", "model.safetensors", "--top-k", "0"], /Expected a whole number ≥ 1\./],
    [["info", "extra"], /too many arguments/],
    [["lr-find"], /^error: lr-find: missing data/],
    [["lr-find", "digits", "--sweep", "1"], /Expected a whole number ≥ 2\./],
    [["search", "nowhere.json", "digits", "--method", "gridd"], /Did you mean "grid"\?/],
    [["config-schema", "spac"], /Allowed choices are config, space\./],
    [["bench", "--quik"], /unknown option '--quik'\n\(Did you mean --quick\?\)/],
  ])("%j", async (args, text) => {
    const { code, stdout, stderr } = await start(folder, args);
    expect(stderr).toMatch(text);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

test("what fails in doing ends with 1", async () => {
  const { code, stderr } = await start(folder, ["evaluate", "missing.safetensors"]);
  expect(stderr).toMatch(/^error: .*missing\.safetensors: no such file or folder/);
  expect(code).toBe(1);
});

describe("info", () => {
  test("for machines", async () => {
    const result = await start(folder, ["info", "--json"]);
    expect(result.code).toBe(0);
    const [facts] = jsonLines(result);
    expect(facts).toMatchObject({ node: process.version, threads: 1, kernels: { chosen: expect.any(String) } });
    expect(facts.kernels.available).toEqual(expect.arrayContaining(["simd", "js", facts.kernels.chosen]));
    expect(facts.features.relaxedSimd).toBe(facts.kernels.available.includes("relaxed"));
    expect(facts.memory.linearLimitBytes).toBeGreaterThan(2 ** 30 - 2 ** 17);
    expect(facts.cores).toBeGreaterThanOrEqual(1);
    expect(facts.wide).toEqual({ chosen: facts.wide.narrow === null, narrow: facts.wide.narrow });
  });

  test("for people", async () => {
    const { code, stdout } = await start(folder, ["info"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^kernels +\w+: /m);
    expect(stdout).toMatch(/^instructions +(256 bits, where the kernels pack|128 bits: \w.*)$/m);
    expect(stdout).toMatch(/^linear memory +up to /m);
  });
});
