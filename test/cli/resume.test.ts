import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { built, emptyFolder } from "../package/built.js";
import { dataFile } from "../support/data.js";
import { jsonLines, type Result, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
  writeFileSync(join(folder, "circle.csv"), circle(300));
});

/** Points within and outside of a circle. */
function circle(rows: number): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b] = [((i * 37) % 101) / 50 - 1, ((i * 53) % 97) / 48 - 1];
    return `${a},${b},${a * a + b * b < 0.6 ? "in" : "out"}`;
  });
  return ["a,b,where", ...lines, ""].join("\n");
}

/** Runs a training that gets a signal when it has told so many epochs. It sends it to itself: to one from here it could be over. */
function stopped(args: readonly string[], epochs: number, signal: NodeJS.Signals): Promise<Result> {
  const sending = `
    const { write } = process.stdout;
    let left = ${epochs};
    process.stdout.write = function (text, ...rest) {
      const written = write.call(this, text, ...rest);
      if (String(text).includes('"event":"epoch"') && --left === 0) process.kill(process.pid, "${signal}");
      return written;
    };`;
  const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(sending)}` };
  return start(folder, [...args, "--json"], undefined, undefined, environment);
}

const bytes = (file: string): Buffer => readFileSync(join(folder, file));

const text = dataFile("Tiny Shakespeare", "text/tinyshakespeare.txt");

/** Names, arguments, and the epochs after which they are killed. */
const TRAININGS: [string, readonly string[], number][] = [
  ["a perceptron that would end early", ["digits", "--epochs", "8", "--validation", "0.1", "--early-stopping", "3"], 2],
  ["a network of augmented images", ["digits", "--model", "convnet", "--augment", "--epochs", "3", "--batch", "64"], 2],
  ["a table", ["circle.csv", "--epochs", "12", "--early-stopping", "20"], 6],
  ...(text === null
    ? []
    : ([["a model of text", ["shakespeare", "--sequence", "8", "--batch", "4", "--steps", "20", "--epochs", "4"], 2]] as [
        string,
        string[],
        number,
      ][])),
];

describe("a training that was killed and resumed gives the same file as one that was not", () => {
  if (text !== null) process.env.SIMDGRAD_DATA = dirname(dirname(text));

  test.concurrent.each(TRAININGS)("%s", async (name, args, epochs) => {
    const word = name.replaceAll(" ", "-");
    const [straight, killed] = [`${word}.safetensors`, `${word}-killed.safetensors`];
    const whole = await start(folder, ["train", ...args, "--json", "--out", straight]);
    expect([whole.code, whole.stderr]).toEqual([0, expect.not.stringContaining("error")]);

    const words = ["train", ...args, "--out", killed, "--checkpoint-every", "7 steps"];
    expect((await stopped(words, epochs, "SIGKILL")).code).toBeNull();
    expect(existsSync(join(folder, killed))).toBe(false);
    const resumed = await start(folder, [...words, "--resume", "--json"]);
    expect(resumed.code).toBe(0);
    expect(jsonLines(resumed).find(({ event }) => event === "resumed")).toMatchObject({
      checkpoint: `${word}-killed.checkpoint.safetensors`,
      done: expect.any(Number),
    });
    expect(bytes(killed).equals(bytes(straight))).toBe(true);
    const { seconds: _, model: __, ...figures } = jsonLines(resumed).at(-1);
    expect(jsonLines(whole).at(-1)).toMatchObject(figures);
    // They were asked for, and stay.
    expect(existsSync(join(folder, `${word}-killed.checkpoint.safetensors`))).toBe(true);
  });
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s finishes the step, writes a checkpoint, and tells the command that goes on",
  async (signal) => {
    const words = ["train", "digits", "--epochs", "400", "--hidden", "32", "--out", `my ${signal}.safetensors`];
    const result = await stopped(words, 2, signal);
    expect(result.code).toBe(130);
    const command = `simdgrad train digits --epochs 400 --hidden 32 --out 'my ${signal}.safetensors' --json --resume`;
    expect(result.stderr).toContain(`Go on with: ${command}\n`);
    const { done, ...last } = { done: jsonLines(result).at(-1).epochs, ...jsonLines(result).at(-1) };
    expect(last).toMatchObject({ event: "interrupted", checkpoint: `my ${signal}.checkpoint.safetensors`, resume: command });

    const other = await start(folder, [...words, "--resume", "--seed", "1"]);
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/a training whose --seed was 0, and it is 1 now/)]);
    const resumed = await start(folder, [...words, "--resume", "--json", "--epochs", String(done + 2)]);
    expect(resumed.code).toBe(0);
    const lines = jsonLines(resumed);
    expect(lines[0]).toMatchObject({ event: "resumed", done });
    expect(lines.filter(({ event }) => event === "epoch").map(({ epoch }) => epoch)).toEqual([done + 1, done + 2]);
    // Nobody asked for checkpoints: none is left when the model is there.
    expect(existsSync(join(folder, `my ${signal}.checkpoint.safetensors`))).toBe(false);
  },
);

test("without a checkpoint training begins anew, and says so", async () => {
  const result = await start(folder, ["train", "digits", "--epochs", "1", "--out", "anew.safetensors", "--resume"]);
  expect(result.code).toBe(0);
  expect(result.stderr).toMatch(/train: there is no checkpoint anew\.checkpoint\.safetensors; training begins anew\.$/m);
});

test("a checkpoint goes where it is told to, as many stay as it is told, and inspect tells how far each is", async () => {
  const args = ["--checkpoint", "here.safetensors", "--checkpoint-every", "1 epoch", "--keep", "3"];
  const result = await start(folder, ["train", "digits", "--epochs", "5", "--out", "five.safetensors", ...args]);
  expect(result.code).toBe(0);
  const there = ["here", "here.1", "here.2", "here.3"].map((name) => existsSync(join(folder, `${name}.safetensors`)));
  expect(there).toEqual([true, true, true, false]);
  const { stdout } = await start(folder, ["inspect", "here.safetensors"]);
  expect(stdout).toMatch(/^Checkpoint after 5 epochs$\n^ {2}last epoch: loss [\d.]+, accuracy [\d.]+$/m);
  const [{ checkpoint }] = jsonLines(await start(folder, ["inspect", "here.2.safetensors", "--json"]));
  const last = { loss: expect.any(Number), accuracy: expect.any(Number) };
  expect(checkpoint).toEqual({ epoch: 3, batch: 0, stopped: false, parts: [], last });
  const wrong = await start(folder, ["train", "digits", "--checkpoint", "missing/here.safetensors"]);
  expect(wrong.stderr).toMatch(/cannot write missing.here\.safetensors: .* Make it, or choose another --checkpoint\./);
  expect(wrong.code).toBe(2);
});
