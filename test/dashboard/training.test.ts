import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import type { BoardState, RunState } from "../../src/dashboard/board.js";
import { type Change, changed } from "../../src/dashboard/change.js";
import { endServing, serve } from "../../src/dashboard/serving.js";
import { Dashboard } from "../../src/dashboard.js";
import { Dense, type FitOptions, LambdaCallback, manualSeed, randn, Sequential, schedules } from "../../src/index.js";
import { aRun } from "./runs.js";

const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
afterEach(endServing);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Rate = number | ((step: number) => number);

/** A training of 4 steps an epoch; the bits that it comes to. */
async function train(options: FitOptions, learningRate: Rate = 0.1, optimizer = "sgd") {
  manualSeed(7);
  const model = new Sequential([new Dense(5, { inputShape: [3], activation: "tanh" }), new Dense(2)]);
  model.compile({ optimizer: { name: optimizer, learningRate } as never, loss: "mse" });
  const data = { x: randn([16, 3]), y: randn([16, 2]) };
  const history = await model.fit(data, { batchSize: 4, verbose: 0, ...options });
  const bits = JSON.stringify(model.parameters().map((one) => one.toArray()));
  return { bits, history, model };
}

/** A page as a program: it listens to the events and asks for controls. */
class Page {
  state = { runs: {}, problems: [] } as BoardState;
  #heard: () => void = () => {};
  readonly #abort = new AbortController();

  private constructor(
    private readonly origin: string,
    private readonly headers: Record<string, string>,
  ) {}

  static async open(dashboard: Dashboard): Promise<Page> {
    const url = new URL(dashboard.url as string);
    const page = new Page(url.origin, { Authorization: `Bearer ${url.searchParams.get("token")}` });
    const response = await fetch(`${url.origin}/events`, { headers: page.headers, signal: page.#abort.signal });
    page.#listen(response.body as ReadableStream<Uint8Array>).catch(() => {});
    return page;
  }

  async #listen(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = "";
    const decoder = new TextDecoder();
    for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(piece, { stream: true });
      const events = text.split("\n\n");
      text = events.pop() as string;
      for (const event of events) {
        const changes = JSON.parse(event.replace(/^data: /, "")) as Change[];
        this.state = changes.reduce((state, change) => changed(state, change) as BoardState, this.state);
        this.#heard();
      }
    }
  }

  /** The first run; undefined until the page has heard of one. */
  get run(): RunState | undefined {
    return Object.values(this.state.runs)[0];
  }

  /** Waits until the page shows what is asked for. */
  async until(shown: (page: Page) => boolean): Promise<void> {
    while (!shown(this)) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async control(body: object, run = Object.keys(this.state.runs)[0]) {
    const response = await fetch(`${this.origin}/runs/${run}/control`, {
      method: "POST",
      headers: this.headers,
      body: JSON.stringify(body),
    });
    return (await response.json()) as { done: boolean; text: string };
  }

  close(): void {
    this.#abort.abort();
  }
}

/** Calls back before the first epoch, when the page is there. */
const begun = (act: () => Promise<void>) => new LambdaCallback({ onEpochBegin: (epoch) => (epoch === 0 ? act() : undefined) });

test("the same bits with and without, captured, with a page that listens", async () => {
  const dashboard = new Dashboard();
  let page: Page | undefined;
  const open = begun(async () => {
    page = await Page.open(dashboard);
  });
  const plain = await train({ epochs: 20 }, 0.01, "adam");
  const shown = await train({ epochs: 20, ui: dashboard, callbacks: [open] }, 0.01, "adam");
  expect(shown.bits).toBe(plain.bits);
  expect(shown.history.history).toEqual(plain.history.history);
  expect(shown.model.captureStatus?.replays).toBe(plain.model.captureStatus?.replays);
  expect(shown.model.captureStatus?.replays).toBeGreaterThan(50);
  // The end was delivered before fit returned, however long the next event would have waited.
  await page?.until(({ run }) => run?.control === "over");
  expect(page?.run?.run).toMatchObject({ status: "done", steps: { count: 80 }, epochs: { figures: { loss: shown.history.history.loss } } });
});

test("a training that is stopped by its signal goes on from its checkpoint with the same bits, on a page again", async () => {
  const plain = await train({ epochs: 6 }, 0.01, "adam");
  const abort = new AbortController();
  const path = join(folder, "run.safetensors");
  const checkpoint = { path, every: 1 };
  const enough = new LambdaCallback({ onEpochBegin: (epoch) => (epoch === 3 ? abort.abort(new Error("enough")) : undefined) });
  const first = train({ epochs: 6, checkpoint, ui: new Dashboard(), callbacks: [enough], signal: abort.signal }, 0.01, "adam");
  await expect(first).rejects.toThrow("enough");
  const dashboard = new Dashboard();
  let page: Page | undefined;
  const open = new LambdaCallback({
    onEpochBegin: async () => {
      page ??= await Page.open(dashboard);
    },
  });
  const second = await train({ epochs: 6, checkpoint, resume: true, ui: dashboard, callbacks: [open] }, 0.01, "adam");
  expect(second.bits).toBe(plain.bits);
  await page?.until(({ state }) => {
    const runs = Object.values(state.runs);
    return runs.length === 2 && runs.every(({ control }) => control === "over");
  });
  const runs = Object.values(page?.state.runs ?? {}).map(({ run }) => [run.status, run.steps.count]);
  expect(runs.sort()).toEqual([
    ["done", 24],
    ["stopped", 12],
  ]);
});

test("pause waits between two steps, resume goes on with the same bits, stop ends", async () => {
  const dashboard = new Dashboard();
  const plain = await train({ epochs: 3 });
  let steps = 0;
  const count = new LambdaCallback({ onBatchEnd: () => void steps++ });
  const scene = begun(async () => {
    const page = await Page.open(dashboard);
    await page.until(({ run }) => run !== undefined);
    expect(await page.control({ action: "pause" })).toMatchObject({ done: true });
    void (async () => {
      await page.until(({ run }) => run?.control === "paused" && run.run.status === "paused");
      expect(steps).toBe(1);
      await page.control({ action: "resume" });
    })();
  });
  expect((await train({ epochs: 3, ui: dashboard, callbacks: [count, scene] })).bits).toBe(plain.bits);
  expect(steps).toBe(12);

  const stop = begun(async () => {
    const page = await Page.open(dashboard);
    await page.until(({ state }) => Object.keys(state.runs).length === 2);
    await page.control({ action: "stop" }, Object.keys(page.state.runs)[1]);
  });
  steps = 0;
  await train({ epochs: 3, ui: dashboard, callbacks: [count, stop] });
  expect(steps).toBe(1);
});

test("a training that is paused ends by its signal, and goes on where the dashboard is closed", async () => {
  const dashboard = new Dashboard();
  const abort = new AbortController();
  const pausing = (then: () => unknown) =>
    begun(async () => {
      const page = await Page.open(dashboard);
      await page.until(({ run }) => run !== undefined);
      await page.control({ action: "pause" }, Object.keys(page.state.runs).at(-1));
      void page.until(({ state }) => Object.values(state.runs).at(-1)?.control === "paused").then(then);
    });
  const aborted = train({ epochs: 3, ui: dashboard, signal: abort.signal, callbacks: [pausing(() => abort.abort(new Error("enough")))] });
  await expect(aborted).rejects.toThrow("enough");
  const closed = await train({ epochs: 3, ui: dashboard, callbacks: [pausing(() => dashboard.close())] });
  expect(closed.history.epoch).toEqual([0, 1, 2]);
  expect(dashboard.url).toBeNull();
});

test.each<[string, Rate]>([
  ["a rate", 0.1],
  ["a schedule, which is multiplied as a whole", schedules.exponentialDecay(0.1, { gamma: 0.9, steps: 100 })],
])("the steps after a change of %s use it, captured ones too", async (_, before) => {
  const dashboard = new Dashboard();
  const scene = new LambdaCallback({
    onEpochBegin: async (epoch) => {
      if (epoch !== 10) return;
      const page = await Page.open(dashboard);
      await page.until(({ run }) => run !== undefined);
      await page.control({ action: "pause" });
      void (async () => {
        await page.until(({ run }) => run?.control === "paused");
        const { done, text } = await page.control({ action: "rate", rate: 0.03 });
        expect({ done, text }).toMatchObject({ done: true, text: expect.stringContaining("The rate is 0.03") });
        await page.control({ action: "resume" });
      })();
    },
  });
  const shown = await train({ epochs: 20, ui: dashboard, callbacks: [scene] }, before);
  expect(shown.model.captureStatus?.replays).toBeGreaterThan(50);
  // 41 steps were made when it was set: the same training, by a schedule that knows it beforehand.
  const rate = (step: number) => (typeof before === "number" ? before : before(step));
  const factor = 0.03 / rate(41);
  const other = await train({ epochs: 20 }, (step) => (step < 41 ? rate(step) : typeof before === "number" ? 0.03 : rate(step) * factor));
  expect(shown.bits).toBe(other.bits);
  expect(shown.bits).not.toBe((await train({ epochs: 20 }, before)).bits);
});

test("trainings share a page; those of other processes are read from files, and what is no run is told", async () => {
  writeFileSync(join(folder, "other.json"), JSON.stringify(aRun({ id: "other", name: "another" })));
  writeFileSync(join(folder, "broken.json"), '{"id": "broken"');
  writeFileSync(join(folder, "hostile.json"), JSON.stringify({ ...aRun(), steps: { loss: "none" } }));
  const first = await train({ epochs: 1, ui: { runs: folder, name: "first" } as never });
  const dashboard = new Dashboard({ runs: folder });
  let page: Page | undefined;
  const open = begun(async () => {
    page = await Page.open(dashboard);
    await page.until(({ state }) => Object.keys(state.runs).length === 3 && state.problems.length === 2);
  });
  await train({ epochs: 1, ui: dashboard, callbacks: [open] });
  await page?.until(({ state }) => Object.values(state.runs).every(({ control }) => control !== "running"));
  const shown = Object.values(page?.state.runs ?? {}).sort((a, b) => ((a.run.started as string) < (b.run.started as string) ? -1 : 1));
  expect(shown.map(({ run, control }) => [run.name, run.status, control])).toEqual([
    ["another", "running", null],
    ["first", "done", "over"],
    ["Sequential", "done", "over"],
  ]);
  expect(shown[1].run.epochs.figures.loss).toEqual(first.history.history.loss);
  expect([...(page?.state.problems ?? [])].sort()).toEqual([
    expect.stringMatching(/^broken.json holds no run/),
    expect.stringMatching(/^hostile/),
  ]);
  // Both wrote themselves, for others.
  const written = readdirSync(folder).filter((name) => /^[0-9a-f]{16}.json$/.test(name));
  expect(written.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")).status)).toEqual(["done", "done"]);
});

test("two trainings at the same time share a page, which steers each alone, and come to the bits that they come to alone", async () => {
  const [alone, longer] = [await train({ epochs: 6 }), await train({ epochs: 9 })];
  const dashboard = new Dashboard({ name: "left" });
  let page: Page | undefined;
  let waited: unknown;
  // The left one waits, paused, until the right one is over.
  const scene = begun(async () => {
    page = await Page.open(dashboard);
    const named = (name: string) => Object.values(page?.state.runs ?? {}).find(({ run }) => run.name === name);
    await page.until(() => named("left") !== undefined);
    const id = named("left")?.run.id;
    await page.control({ action: "pause" }, id);
    void page
      .until(() => named("left")?.control === "paused" && named("right")?.control === "over")
      .then(() => {
        waited = named("left")?.run;
        return page?.control({ action: "resume" }, id);
      });
  });
  const left = train({ epochs: 6, ui: dashboard, callbacks: [scene] });
  const right = train({ epochs: 9, ui: new Dashboard({ name: "right" }) });
  expect((await right).bits).toBe(longer.bits);
  expect((await left).bits).toBe(alone.bits);
  expect(waited).toMatchObject({ status: "paused", steps: { count: 1 } });
  await page?.until(({ state }) => Object.values(state.runs).every(({ control }) => control === "over"));
  const shown = Object.values(page?.state.runs ?? {}).map(({ run }) => [run.name, run.status, run.steps.count]);
  expect(shown.sort()).toEqual([
    ["left", "done", 24],
    ["right", "done", 36],
  ]);
});

test("what was asked of a training is told soon, however long making the event before took", async () => {
  const { server, board } = await serve("test", 0);
  let made = 0;
  let late = 0;
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + late);
  board.state = () => {
    // A hundred times this is longer than the test may take.
    if (made === 0) late = 10_000;
    return { runs: {}, problems: [String(made++)] };
  };
  const { port, token } = server.lock;
  const response = await fetch(`http://127.0.0.1:${port}/events`, { headers: { Authorization: `Bearer ${token}` } });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  board.changed();
  expect(new TextDecoder().decode((await reader.read()).value)).toContain('"1"');
  await reader.cancel();
  clock.mockRestore();
});

test("a client that takes nothing costs one event, and gets what it missed as one", async () => {
  const { server, board } = await serve("test", 0);
  let made = 0;
  let isOver = false;
  board.state = () => {
    if (!isOver) made++;
    return { runs: {}, problems: [isOver ? "the end" : "x".repeat(1 << 20) + made] };
  };
  const { port, token } = server.lock;
  const socket = connect(port, "127.0.0.1").pause();
  socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  // The system itself holds some of it.
  let before = -1;
  while (before < made || made === 0) {
    before = made;
    for (let i = 0; i < 5; i++) await Promise.all([board.deliver(5), new Promise((resolve) => setTimeout(resolve, 5))]);
  }
  isOver = true;
  let text = "";
  const taken = new Promise<void>((resolve) => {
    socket.on("data", (piece) => {
      text += piece;
      if (text.includes("the end")) resolve();
    });
  });
  socket.resume();
  await taken;
  expect(text.match(/^data: /gm)).toHaveLength(before + 1);
  socket.destroy();
});

test("a port that is taken, another than the one that is there, a browser", async () => {
  const { server } = await serve("test", 0);
  const { port } = server.lock;
  await expect(train({ ui: new Dashboard({ port: port - 1 }) })).rejects.toThrow(
    `Dashboard: port is ${port - 1}, but this process serves its page on port ${port}. The trainings of a process share one page`,
  );
  await train({ ui: new Dashboard({ port }) });
  expect(() => new Dashboard({ port: 70_000 })).toThrow("expected a whole number from 0 to 65535");
});
