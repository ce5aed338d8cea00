import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../support/repository.js";

let folder: string;

/** The library twice, as two packages of a process may bring it. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-threads-"));
  const contents = `export * from "./src/index.js"; export * from "./src/kernels/threads/policy.js"; export * from "./src/kernels/threads/forkJoin.js";`;
  for (const outfile of ["one.mjs", "two.mjs"]) {
    const stdin = { contents, resolveDir: root };
    await build({ stdin, outfile: join(folder, outfile), bundle: true, platform: "neutral", format: "esm", logLevel: "error" });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What shares work: 4 ms of products. */
const WORK = `
  const a = ones([256, 256]);
  const work = () => { let y = a; for (let i = 0; i < 10; i++) y = y.matmul(a).mul(1 / 256); return y.data[5]; };`;

function run(body: string, environment: Record<string, string> = {}): { status: number | null; out: string; error: string } {
  const file = join(folder, "program.mjs");
  const url = (name: string) => JSON.stringify(pathToFileURL(join(folder, name)).href);
  const names = "init, ones, partsOfWorkers, setThreads, shareFrom, waitAtMost";
  const imports = `import { ${names} } from ${url("one.mjs")}; import * as two from ${url("two.mjs")};`;
  writeFileSync(file, `${imports}\n${WORK}\n${body}`);
  const env: NodeJS.ProcessEnv = { ...process.env, ...environment };
  if (!("SIMDGRAD_THREADS" in environment)) delete env.SIMDGRAD_THREADS;
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [file], { env, encoding: "utf8", timeout: 200_000 });
  if (error) throw error;
  return { status, out: stdout.trim(), error: stderr.trim() };
}

/** Counts the workers that a program starts: node:worker_threads with another Worker in it. */
const COUNTED = `
  const threads = process.getBuiltinModule("node:worker_threads");
  const workers = [];
  const Original = threads.Worker;
  const replaced = (Worker) => {
    const original = process.getBuiltinModule;
    process.getBuiltinModule = (id) => (id === "node:worker_threads" ? { ...threads, Worker } : original(id));
  };
  replaced(class extends Original { constructor(...args) { super(...args); workers.push(this); } });
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));`;

/** Workers of which the first few are killed while they start, and a list of all that were started. */
const KILLED = `
  const replacedByKilled = (kills) => {
    const list = [];
    replaced(class extends Original {
      constructor(...args) { super(...args); list.push(this); if (kills-- > 0) this.terminate(); }
    });
    return list;
  };`;

/**
 * Workers that meet something inside the kernels that they run: every entry of their table of functions does it first. It is a
 * function of JS, of which the least module makes one of Wasm (three i32 → nothing).
 */
const STRUCK = `
  let striking = true;
  const wrapper = [0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 3, 127, 127, 127, 0, 2, 7, 1, 1, 101, 1, 102, 0, 0, 7, 5, 1, 1, 102, 0, 0];
  const struck = (what, changed = (program) => program) => class extends Original {
    constructor(program, options) {
      const wrapped = "const wrapper = new WebAssembly.Module(new Uint8Array([" + wrapper + "]));" +
        "for (let i = 1; i < table.length; i++) { const kernel = table.get(i), f = (...args) => { " + what + "; kernel(...args); };" +
        "table.set(i, new WebAssembly.Instance(wrapper, { e: { f } }).exports.f); }";
      const other = program.replace("pieces[0].work(", wrapped + "pieces[0].work(");
      super(striking ? changed(other) : program, options);
    }
  };
  const fails = () => {
    const end = performance.now() + 60000;
    try { while (performance.now() < end) work(); } catch (error) { console.log(error.code, error.message); }
  };`;

const MEND = "Go on from the last checkpoint, best in a new process; SIMDGRAD_THREADS=1 does without workers.";
const INCOMPLETE = `threads: a worker thread ended inside a kernel and left the result incomplete. ${MEND}`;

describe("a process with threads", () => {
  test("ends by itself", () => {
    expect(run("console.log(await setThreads(3), work());")).toEqual({ status: 0, out: "3 1", error: "" });
  });

  test("ends by itself and by process.exit while they sleep", () => {
    const asleep = "await setThreads(3); work(); await new Promise((resolve) => setTimeout(resolve, 200)); console.log(1);";
    expect(run(asleep)).toEqual({ status: 0, out: "1", error: "" });
    expect(run(`${asleep} process.exit(7);`)).toEqual({ status: 7, out: "1", error: "" });
  });

  test("ends by process.exit, also right after the start and between calls", () => {
    expect(run("await setThreads(3); work(); process.exit(7);").status).toBe(7);
    expect(run("setThreads(3); work(); process.exit(7);").status).toBe(7);
  });

  test("ends with its error", () => {
    const { status, error } = run("await setThreads(3); work(); throw new Error('mine');");
    expect(status).toBe(1);
    expect(error).toContain("Error: mine");
  });

  test("may have them in a worker thread of its own, which may end by process.exit or be terminated", () => {
    const body = `
      const { Worker, isMainThread, parentPort, workerData } = await import("node:worker_threads");
      if (isMainThread) {
        for (const way of ["end", "exit", "terminate"]) {
          const worker = new Worker(new URL(import.meta.url), { workerData: way });
          worker.on("message", (text) => { console.log(text); if (way === "terminate") worker.terminate(); });
          await new Promise((resolve) => worker.on("exit", resolve));
        }
      } else {
        const threads = await setThreads(3);
        const result = work();
        parentPort.postMessage(workerData + " " + threads + " " + result);
        if (workerData === "exit") setTimeout(() => process.exit(0), 20);
        if (workerData === "terminate") setInterval(work, 1);
      }`;
    expect(run(body)).toEqual({ status: 0, out: "end 3 1\nexit 3 1\nterminate 3 1", error: "" });
  });

  test("may have them in several of its threads at a time, and each ends alone", () => {
    const body = `
      const { Worker, isMainThread, parentPort } = await import("node:worker_threads");
      await setThreads(2);
      if (isMainThread) {
        const others = [0, 1].map(() => new Worker(new URL(import.meta.url)));
        const ready = others.map((worker) => new Promise((resolve) => worker.once("message", resolve)));
        for (let i = 0; i < 20; i++) work();
        const results = await Promise.all(ready);
        await others[0].terminate();
        for (let i = 0; i < 20; i++) results.push(work());
        await others[1].terminate();
        console.log(results.length, results.every((result) => result === 1), work());
      } else {
        for (let i = 0; i < 20; i++) work();
        parentPort.postMessage(work());
        setInterval(work, 1);
      }`;
    expect(run(body)).toEqual({ status: 0, out: "22 true 1", error: "" });
  });

  test("may have the library twice", () => {
    const body = `
      console.log(await setThreads(2), await two.setThreads(3));
      const b = two.ones([256, 256]);
      for (let i = 0; i < 20; i++) { work(); b.matmul(b); }
      console.log(work(), b.matmul(b).data[3]);`;
    expect(run(body)).toEqual({ status: 0, out: "2 3\n1 256", error: "" });
  });

  test("can change their number", () => {
    const body = `${COUNTED}
      for (const n of [1, 4, 2, 1, 3]) console.log(await setThreads(n), work());
      // Those that are too many leave when they look.
      const alive = () => workers.filter((worker) => worker.threadId !== -1).length;
      for (let i = 0; i < 1000 && alive() > 2; i++) await pause(50);
      console.log(alive());`;
    expect(run(body)).toEqual({ status: 0, out: "1 1\n4 1\n2 1\n1 1\n3 1\n2", error: "" });
  });

  test("is not slowed down by more of them than there are cores", () => {
    const body = `
      const fastest = () => {
        let least = Infinity;
        for (let i = 0; i < 30; i++) {
          const begin = performance.now();
          if (work() !== 1) throw new Error("wrong");
          least = Math.min(least, performance.now() - begin);
        }
        return least;
      };
      fastest();
      const times = [];
      for (const n of [3, 4, 8]) {
        let ratio = Infinity;
        // Where others keep the cores busy, some tries are slow: threads that wait for each other are slow in all.
        for (let i = 0; i < 20 && ratio >= 2; i++) {
          await setThreads(1);
          const alone = fastest();
          await setThreads(n);
          ratio = fastest() / alone;
        }
        times.push(ratio);
      }
      console.log(times.every((time) => time < 2) ? "fast" : times.join());`;
    expect(run(body)).toEqual({ status: 0, out: "fast", error: "" });
  });

  test("starts them by itself, at the first work worth it, and does not wait for them", () => {
    const body = `${COUNTED}
      ones([4]).add(1).data; console.log(workers.length);
      for (let i = 0; i < 20; i++) work();
      console.log(workers.length);`;
    expect(run(body, { SIMDGRAD_THREADS: "3" })).toEqual({ status: 0, out: "0\n2", error: "" });
  });

  test("has as many as SIMDGRAD_THREADS says", () => {
    const body = `${COUNTED} for (let i = 0; i < 20; i++) work(); console.log(workers.length);`;
    expect(run(body, { SIMDGRAD_THREADS: "1" })).toEqual({ status: 0, out: "0", error: "" });
  });

  test.each(["two", "0", "1.5", "-1", "1000"])("SIMDGRAD_THREADS=%s is an error", (text) => {
    const { status, error } = run("ones([4]).add(1).data;", { SIMDGRAD_THREADS: text });
    expect(status).toBe(1);
    const shown = /^\d+$/.test(text) ? text : JSON.stringify(text);
    expect(error).toContain(`ArgumentError: threads: SIMDGRAD_THREADS is ${shown}; expected a whole number from 1 to 256.`);
  });

  test("has one without shared memory and on the JS build", () => {
    const unshared = `
      const Shared = WebAssembly.Memory;
      WebAssembly.Memory = function (options) { if (options.shared) throw new Error("none"); return new Shared(options); };
      console.log(await setThreads(3), work());`;
    expect(run(unshared)).toEqual({ status: 0, out: "1 1", error: "" });
    expect(run("console.log(await setThreads(3));", { SIMDGRAD_KERNELS: "js", SIMDGRAD_WIDE: "" }).out).toBe("1");
  });

  test("replaces one that dies, and says so once", () => {
    const body = `${COUNTED}
      await setThreads(3);
      work();
      await workers[0].terminate();
      await pause(300);
      work();
      await workers[1].terminate();
      await pause(300);
      console.log(workers.length, work(), await setThreads(3));`;
    const { status, out, error } = run(body);
    expect({ status, out }).toEqual({ status: 0, out: "4 1 3" });
    expect(error).toBe("simdgrad: a worker thread ended (exit code 1); another takes its place.");
  });

  test("a call fails whose part a worker was killed in, and the next ones have new workers", () => {
    const body = `${COUNTED} ${STRUCK}
      replaced(struck("process.exit(1)"));
      await setThreads(3);
      fails();
      striking = false;
      console.log(await setThreads(3), work());`;
    const { status, out, error } = run(body);
    expect({ status, out, error }).toEqual({ status: 0, out: `KERNEL ${INCOMPLETE}\n3 1`, error: "" });
  });

  test("a call fails when a part takes too long, where nothing tells whether its worker lives", () => {
    const body = `${COUNTED} ${STRUCK}
      replaced(struck("process.exit(1)", (program) => program.replace(/const open = .*/, "throw 0;")));
      waitAtMost(2);
      await setThreads(2);
      fails();
      striking = false;
      console.log(await setThreads(2), work());`;
    const late = "threads: a worker thread did not finish its part of a kernel within 2 s of the others.";
    const { status, out, error } = run(body);
    expect({ status, out, error }).toEqual({ status: 0, out: `KERNEL ${late} ${MEND}\n2 1`, error: "" });
  });

  test("a call waits for a part that takes longer than a second", () => {
    const body = `${COUNTED} ${STRUCK}
      replaced(struck("if (!globalThis.late) { globalThis.late = true; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500); }"));
      await setThreads(2);
      let longest = 0;
      // Until the system lets the worker take a part.
      for (const end = performance.now() + 60000; longest <= 2000 && performance.now() < end; ) {
        const begin = performance.now();
        if (work() !== 1) console.log("wrong");
        longest = Math.max(longest, performance.now() - begin);
      }
      console.log(longest > 2000);`;
    expect(run(body)).toEqual({ status: 0, out: "true", error: "" });
  });

  test("says when they take too long to start, and goes on", () => {
    const body = `${COUNTED}
      replaced(class { on() {} unref() {} });
      // A second by the clock is a look at it.
      let now = 0;
      performance.now = () => (now += 1000);
      console.log(await setThreads(2), work());`;
    const { status, out, error } = run(body);
    expect({ status, out }).toEqual({ status: 0, out: "1 1" });
    expect(error).toBe("simdgrad: 1 of 2 threads started within 10 s; training goes on with these, others join when they come.");
  });

  test("says when they cannot be started, and goes on", () => {
    const body = `${COUNTED}
      replaced(class { constructor() { throw new Error("no more threads"); } });
      console.log(await setThreads(2), work());`;
    const { status, out, error } = run(body);
    expect({ status, out }).toEqual({ status: 0, out: "1 1" });
    expect(error).toBe("simdgrad: no worker thread can be started (Error: no more threads); training goes on with 1 of 2 threads.");
  });

  test("starts one anew that is killed while it starts, at the next call worth sharing", () => {
    const body = `${COUNTED} ${KILLED}
      const started = replacedByKilled(2);
      console.log(await setThreads(2), work());
      for (let i = 0; i < 2500 && partsOfWorkers() === 0; i++) { work(); await pause(20); }
      console.log(started.length, partsOfWorkers() > 0, work());`;
    const { status, out, error } = run(body);
    expect({ status, out }).toEqual({ status: 0, out: "1 1\n3 true 1" });
    expect(error).toMatch(
      /^(simdgrad: a worker thread could not start \(exit code [01]\); training goes on with 1 of 2 threads\.\s*){1,2}$/,
    );
  });

  test("gives up one that cannot start after six tries, until it is asked for again", () => {
    const body = `${COUNTED} ${KILLED}
      const killed = replacedByKilled(Infinity);
      let now = 0;
      performance.now = () => now;
      const turn = async () => { now += 10000; work(); await pause(5); };
      for (const wanted of [7, 14]) {
        await setThreads(2);
        for (let i = 0; i < 2000 && killed.length < wanted; i++) await turn();
        for (let i = 0; i < 40; i++) await turn();
        console.log(killed.length, work());
      }`;
    expect(run(body)).toMatchObject({ status: 0, out: "7 1\n14 1" });
  });

  test("takes the number from init too, and refuses what is none", () => {
    expect(run("console.log(JSON.stringify(await init({ threads: 2 })), work());").out).toMatch(/^\{"kernels":"\w+","wide":\w+\} 1$/);
    expect(run("await init({ threads: 0 });").error).toContain("init: threads is 0; expected a whole number from 1 to 256");
    expect(run("await init({ thread: 2 });").error).toContain('Did you mean "threads"?');
  });
});
