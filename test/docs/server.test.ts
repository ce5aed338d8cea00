import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDigits } from "../../src/digits.js";
import "../../src/index.js";
import { built, emptyFolder } from "../package/built.js";
import { root } from "../support/repository.js";

type Json = Record<string, unknown>;
interface Status {
  state: string;
  epoch: number;
  resumedAt: number | null;
  weights: { epoch: number } | null;
}

const EPOCHS = 60;
const children: ChildProcess[] = [];

beforeAll(() => built());
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The server of examples/server as a process of its own. */
class Server {
  constructor(
    readonly child: ChildProcess,
    readonly address: string,
  ) {}

  static async start(folder: string): Promise<Server> {
    const args = [join(root, "examples/server/server.mjs"), "--folder", folder, "--epochs", String(EPOCHS), "--every", "20 steps"];
    const child = spawn(process.execPath, [...args, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const [text] = (await once(child.stdout, "data")) as [Buffer];
    return new Server(child, `http://localhost:${/port (\d+)/.exec(String(text))?.[1]}`);
  }

  async ask(path: string, init?: RequestInit): Promise<{ status: number; value: Json }> {
    const response = await fetch(this.address + path, init);
    return { status: response.status, value: (await response.json()) as Json };
  }

  post(path: string, body = ""): Promise<{ status: number; value: Json }> {
    return this.ask(path, { method: "POST", body });
  }

  /** Asks for the status until it is as expected. */
  async until(holds: (status: Status) => boolean): Promise<Status> {
    for (;;) {
      const status = (await this.ask("/status")).value as unknown as Status;
      expect(status.state).not.toBe("failed");
      if (holds(status)) return status;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(signal: NodeJS.Signals): Promise<unknown[]> {
    const exited = once(this.child, "exit");
    this.child.kill(signal);
    return exited;
  }
}

function digest(folder: string): string {
  return createHash("sha256")
    .update(readFileSync(join(folder, "model.safetensors")))
    .digest("hex");
}

test("the server is killed while it trains, stopped, ended, and has the weights of one that was left alone", async () => {
  const [calm, rough] = [emptyFolder(), emptyFolder()];
  const undisturbed = await Server.start(calm);
  await undisturbed.until(({ state }) => state === "done");
  expect(await undisturbed.end("SIGTERM")).toEqual([0, null]);

  const killed = await Server.start(rough);
  const { epoch } = await killed.until(({ epoch, weights }) => epoch >= 3 && weights !== null);
  await killed.end("SIGKILL");

  const stopped = await Server.start(rough);
  // A checkpoint is begun when the one before it is written: at most one is lost.
  const { resumedAt } = await stopped.until(({ state, weights }) => state !== "starting" && weights !== null);
  expect(resumedAt).toBeGreaterThanOrEqual(epoch - 1);
  const { value } = await stopped.post("/stop");
  expect(["stopped", "done"]).toContain(value.state);
  expect((await stopped.post("/predict", JSON.stringify([new Array(64).fill(0)]))).status).toBe(200);
  expect(await stopped.end("SIGINT")).toEqual([0, null]);

  const last = await Server.start(rough);
  expect((await last.until(({ state }) => state === "training" || state === "done")).resumedAt).toBe(value.epoch);
  await last.until(({ state }) => state === "done");
  expect(await last.end("SIGTERM")).toEqual([0, null]);
  expect(digest(rough)).toBe(digest(calm));
});

test("the server predicts, and tells what is wrong with a request", async () => {
  const server = await Server.start(emptyFolder());
  const { test: digits } = await loadDigits();
  const labels = digits.y.toArray() as number[];
  await server.until(({ weights }) => (weights?.epoch ?? 0) > 10);
  const images = digits.x.slice([[0, 50]]).toArray() as number[][];
  const { digits: read, probabilities } = (await server.post("/predict", JSON.stringify(images))).value as Record<string, number[]>;
  expect(read.filter((digit, i) => digit === labels[i]).length).toBeGreaterThan(45);
  expect(probabilities.every((p) => p > 0.1 && p <= 1)).toBe(true);

  const wrong = async (body: string): Promise<unknown[]> => {
    const { status, value } = await server.post("/predict", body);
    return [status, value.code ?? value.error];
  };
  expect(await wrong("[[1, 2]]")).toEqual([400, "SHAPE"]);
  expect(await wrong("[[1], [2, 3]]")).toEqual([400, "SHAPE"]);
  expect(await wrong('[["a"]]')).toEqual([400, "ARGUMENT"]);
  expect(await wrong("[]")).toEqual([400, expect.stringContaining("[0]")]);
  expect(await wrong("null")).toEqual([400, "ARGUMENT"]);
  expect(await wrong("[[1")).toEqual([400, expect.stringContaining("no JSON")]);
  expect(await wrong(JSON.stringify([images]))).toEqual([400, expect.stringContaining("[1,50,64]")]);
  expect(await wrong(JSON.stringify([new Array(64).fill(1e300)]))).toEqual([400, expect.stringContaining("float32")]);
  expect(await wrong(JSON.stringify(new Array(257).fill(images[0])))).toEqual([400, expect.stringContaining("256")]);
  expect(await wrong(" ".repeat(300_000))).toEqual([413, expect.stringContaining("larger")]);
  expect((await server.ask("/nowhere")).status).toBe(404);
  expect((await server.post("/predict", JSON.stringify(images))).status).toBe(200);
  await server.end("SIGTERM");
});

test("a training that fails is told, and ends nothing else", async () => {
  const { Training } = (await import(join(root, "examples/server/training.mjs"))) as {
    Training: new (options: Json, onWeights: () => void) => { status: Json; end(): Promise<void> };
  };
  const training = new Training({ folder: emptyFolder(), epochs: 1, every: "10x", threads: 1 }, () => {});
  await expect.poll(() => training.status.state, { timeout: 60_000 }).toBe("failed");
  expect(training.status.reason).toMatch(/every is "10x"/);
  await training.end();
});

test("before there are weights, the answer is that there are none", async () => {
  const { Predictor } = (await import(join(root, "examples/server/predictor.mjs"))) as { Predictor: new () => Json };
  const predictor = new Predictor() as { predict(rows: unknown): Promise<unknown>; status: null };
  expect(predictor.status).toBeNull();
  await expect(predictor.predict([[1]])).rejects.toMatchObject({ status: 503 });
});
