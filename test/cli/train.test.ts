import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { dataFile } from "../support/data.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
});

test("for machines: a line an epoch and one at the end; evaluate finds the same", async () => {
  const result = await start(folder, [
    "train",
    "digits",
    "--epochs",
    "3",
    "--hidden",
    "32,16",
    "--dropout",
    "0.1",
    "--validation",
    "0.1",
    "--json",
  ]);
  expect(result.code).toBe(0);
  const lines = jsonLines(result);
  expect(lines.map(({ event }) => event)).toEqual(["epoch", "epoch", "epoch", "result"]);
  expect(lines[0]).toEqual({
    event: "epoch",
    epoch: 1,
    epochs: 3,
    loss: expect.any(Number),
    accuracy: expect.any(Number),
    valLoss: expect.any(Number),
    valAccuracy: expect.any(Number),
  });
  const final = lines[3];
  expect(final).toMatchObject({
    dataset: "digits",
    network: "mlp",
    model: "digits.safetensors",
    seed: 0,
    parameters: 64 * 32 + 32 + 32 * 16 + 16 + 16 * 10 + 10,
  });
  expect(final.confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(359);
  expect(result.stderr).toMatch(/^epoch 3\/3 /m);

  const evaluated = await start(folder, ["evaluate", "digits.safetensors", "--json"]);
  expect(evaluated.code).toBe(0);
  const { testAccuracy, testLoss, confusion } = final;
  expect(jsonLines(evaluated)).toEqual([
    { event: "result", dataset: "digits", testAccuracy, testLoss, confusion, model: "digits.safetensors", kernels: final.kernels },
  ]);
});

test("for people: accuracy, confusion, misread digits, and where the model is", async () => {
  const { code, stdout } = await start(folder, ["train", "digits", "--epochs", "2", "--out", "people.safetensors"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^digits: 1,438 images to train on, 359 to test$/m);
  expect(stdout).toMatch(/^64 → 256 relu, dropout 0\.3 → 128 relu, dropout 0\.3 → 10, 50,826 parameters$/m);
  expect(stdout).toMatch(/^test accuracy \d+\.\d\d % \(\d+ of 359\), loss \d\.\d{4}$/m);
  expect(stdout).toMatch(/^ +0( +\d){9}$/m);
  expect(stdout).toMatch(/^The surest of \d+ misread$/m);
  expect(stdout).toMatch(/[░▒▓█]{4}/);
  expect(stdout).toMatch(/^\d read as \d +\d read as \d/m);
  expect(stdout).toMatch(/the model is saved in people\.safetensors$/m);
  expect(existsSync(join(folder, "people.safetensors"))).toBe(true);
});

test("early stopping ends it, and the epochs that were made are told", async () => {
  const args = ["train", "digits", "--epochs", "40", "--hidden", "16", "--learning-rate", "0.3", "--schedule", "constant"];
  const lines = jsonLines(await start(folder, [...args, "--early-stopping", "1", "--json", "--out", "early.safetensors"]));
  const made = lines.filter(({ event }) => event === "epoch").length;
  expect(made).toBeLessThan(40);
  expect(lines.at(-1).epochs).toBe(made);
  const { stdout } = await start(folder, [...args, "--early-stopping", "1", "--out", "early.safetensors"]);
  expect(stdout).toMatch(new RegExp(`^${made} epochs? in `, "m"));
});

test("evaluate tells what it finds", async () => {
  const trained = await start(folder, ["train", "digits", "--epochs", "1", "--out", "one.safetensors"]);
  expect(trained.stdout).toMatch(/^1 epoch in [\d.]+ s; the model is saved in one\.safetensors$/m);
  const { code, stdout } = await start(folder, ["evaluate", "one.safetensors", "digits"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^digits: test accuracy/);
  const wrong = await start(folder, ["evaluate", "one.safetensors", "mnist"]);
  expect(wrong.stderr).toMatch(/the model in one\.safetensors takes images \[1, 8, 8\], mnist has images \[1, 28, 28\]/);
  expect(wrong.code).toBe(2);
});

test("a network of images, which are augmented; evaluate knows what it takes", async () => {
  const args = [
    "train",
    "digits",
    "--model",
    "convnet",
    "--augment",
    "--epochs",
    "1",
    "--batch",
    "16",
    "--json",
    "--out",
    "convnet.safetensors",
  ];
  const result = await start(folder, args);
  expect([result.code, result.stderr]).toEqual([0, expect.stringMatching(/^epoch 1\/1 /)]);
  const { testAccuracy, testLoss, confusion, ...final } = jsonLines(result)[1];
  expect(final).toMatchObject({ dataset: "digits", network: "convnet", parameters: 53002 });
  expect(testAccuracy).toBeGreaterThan(0.2);
  const evaluated = await start(folder, ["evaluate", "convnet.safetensors", "--json"]);
  expect(jsonLines(evaluated)[0]).toMatchObject({ dataset: "digits", testAccuracy, testLoss, confusion });
  const people = await start(folder, ["evaluate", "convnet.safetensors"]);
  expect(people.stdout).toMatch(/^digits: test accuracy \d+\.\d\d %/);
});

const text = dataFile("Tiny Shakespeare", "text/tinyshakespeare.txt");

describe.skipIf(text === null)("text", () => {
  beforeAll(() => {
    process.env.SIMDGRAD_DATA = dirname(dirname(text ?? ""));
  });
  const steps = ["--sequence", "8", "--batch", "4", "--steps", "5", "--epochs", "2"];

  test.each(["lstm", "gru", "rnn"])("%s: trained, judged, and it goes on with a text", async (name) => {
    const file = `${name}.safetensors`;
    const result = await start(folder, ["train", "shakespeare", "--model", name, ...steps, "--json", "--out", file]);
    expect([result.code, result.stderr]).toEqual([0, expect.stringMatching(/^epoch 2\/2 .*valLoss/m)]);
    const [first, second, final] = jsonLines(result);
    expect(first).toMatchObject({ event: "epoch", epoch: 1, loss: expect.any(Number), valLoss: expect.any(Number) });
    expect(final).toMatchObject({ event: "result", dataset: "shakespeare", network: name, text: expect.any(String) });
    expect(final.text.length).toBe(300);
    expect(final.natsPerCharacter).toBeCloseTo(second.valLoss, 3);
    expect(final.natsPerCharacter).toBeLessThan(Math.log(65));
    const evaluated = await start(folder, ["evaluate", file, "--json"]);
    expect(jsonLines(evaluated)[0]).toMatchObject({ dataset: "shakespeare", natsPerCharacter: final.natsPerCharacter });

    const options = ["--prompt", "ROMEO:", "--length", "20", "--temperature", "0.8", "--top-k", "10", "--seed", "1"];
    const [one, two] = [await start(folder, ["generate", file, ...options]), await start(folder, ["generate", file, ...options, "--json"])];
    expect([one.code, one.stderr]).toEqual([0, ""]);
    const [{ text: more }] = jsonLines(two);
    expect(more.length).toBe(20);
    expect(one.stdout).toBe(`ROMEO:${more}\n`);
  });

  test("gpt: trained, and it goes on with a text that is longer than what it looks back to", async () => {
    const args = [
      "--model",
      "gpt",
      "--sequence",
      "8",
      "--batch",
      "4",
      "--steps",
      "2",
      "--epochs",
      "1",
      "--json",
      "--out",
      "gpt.safetensors",
    ];
    const result = await start(folder, ["train", "shakespeare", ...args]);
    expect(result.code).toBe(0);
    expect(jsonLines(result)[1]).toMatchObject({ network: "gpt", natsPerCharacter: expect.any(Number) });
    const { code, stdout } = await start(folder, ["generate", "gpt.safetensors", "--prompt", "ROMEO:", "--length", "20"]);
    expect([code, stdout.length]).toEqual([0, 27]);
  }, 240_000);

  test("for people: figures and a sample", async () => {
    const { code, stdout } = await start(folder, [
      "train",
      "shakespeare",
      ...steps,
      "--out",
      "people-text.safetensors",
      "--report",
      "text.html",
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "text.html"), "utf8")).toMatch(
      /"figures":\{"accuracy":0\.\d+,.*"names":\["\\"\\\\n\\"","\\" \\"","!"/,
    );
    expect(stdout).toMatch(/^shakespeare: 1,003,854 characters to train on, 111,540 to judge by, 65 kinds\nlstm, 111,873 parameters$/m);
    expect(stdout).toMatch(/^adam 0\.005, cosine schedule, batches of 4 × 8, 2 epochs, seed 0, \w+ kernels$/m);
    expect(stdout).toMatch(/^validation \d\.\d{3} nats a character \(\d\.\d{3} bits\)$/m);
    expect(stdout).toMatch(/^more of it: simdgrad generate people-text\.safetensors --prompt ROMEO: --length 500$/m);
  });

  test("refused: a model of images, a character that is unknown", async () => {
    await start(folder, ["train", "digits", "--epochs", "1", "--out", "images.safetensors"]);
    const images = await start(folder, ["generate", "images.safetensors"]);
    expect(images.stderr).toMatch(
      /the model in images\.safetensors has no tokenizer in its metadata, so it is no model of text\. Train one: simdgrad/,
    );
    expect(images.code).toBe(2);
    const other = await start(folder, ["evaluate", "images.safetensors", "shakespeare"]);
    expect(other.stderr).toMatch(/the model in images\.safetensors takes no text, shakespeare is text/);
    const unknown = await start(folder, ["generate", "people-text.safetensors", "--prompt", "ROMÉO"]);
    expect(unknown.stderr).toMatch(/unknown character "É" at position 3/);
    expect(unknown.code).toBe(2);
  });
});

test.each(["constant", "cosine", "step", "exponential", "warmup"])("the %s schedule", async (schedule) => {
  const result = await start(folder, [
    "train",
    "digits",
    "--epochs",
    "2",
    "--schedule",
    schedule,
    "--optimizer",
    "sgd",
    "--learning-rate",
    "0.1",
    "--json",
  ]);
  expect(result.code).toBe(0);
  expect(jsonLines(result).at(-1).testAccuracy).toBeGreaterThan(0.5);
});

describe("npm start's job", () => {
  async function run(seed: number, out: string) {
    const result = await start(folder, ["train", "digits", "--seed", String(seed), "--json", "--out", out]);
    expect(result.code).toBe(0);
    const { seconds: _, model, ...figures } = jsonLines(result).at(-1);
    return { figures, bytes: readFileSync(join(folder, model)) };
  }

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])("reaches 97 %% with seed %i", async (seed) => {
    const { figures } = await run(seed, `seed-${seed}.safetensors`);
    expect(figures.testAccuracy).toBeGreaterThanOrEqual(0.97);
  });

  test("gives the same figures and the same file for the same seed", async () => {
    const [first, second] = [await run(3, "first.safetensors"), await run(3, "second.safetensors")];
    expect(second.figures).toEqual(first.figures);
    expect(second.bytes.equals(first.bytes)).toBe(true);
  });
});

test("Ctrl-C finishes the batch, saves and says so", async () => {
  let sent = false;
  const args = ["train", "digits", "--epochs", "100000", "--json", "--out", "interrupted.safetensors", "--report", "interrupted.html"];
  const result = await start(folder, args, (child) => {
    if (!sent) sent = child.kill("SIGINT");
  });
  expect(result.stderr).toMatch(/^Interrupted in epoch \d+ of 100000; the model so far is saved in interrupted\.safetensors$/m);
  expect(result.code).toBe(130);
  expect(readFileSync(join(folder, "interrupted.html"), "utf8")).toMatch(/^<!doctype html>/i);
  const last = jsonLines(result).at(-1);
  expect(last).toMatchObject({ event: "interrupted", model: "interrupted.safetensors" });
  expect(last.epochs).toBeGreaterThanOrEqual(1);
  const evaluated = await start(folder, ["evaluate", "interrupted.safetensors", "--json"]);
  expect(jsonLines(evaluated)[0].testAccuracy).toBeGreaterThan(0.1);
});
