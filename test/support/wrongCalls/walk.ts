import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { vi } from "vitest";
import { isGradEnabled, matmul, SimdgradError, setThreads, tensor } from "../../../src/index.js";
import { kernelBuild, useKernels } from "../../../src/kernels/load.js";
import { writeExampleFiles } from "../exampleFiles.js";
import { random } from "../kernels.js";
import { record, type Subject } from "./record.js";
import { type WrongCall, wrongCall } from "./wrong.js";

/** A kind of fault, with a call that shows it. */
export interface Fault {
  readonly room: string;
  /** "Linear accepts an argument too many", "fill throws a TypeError". */
  readonly kind: string;
  readonly shown: string;
}

export interface Walk {
  readonly calls: number;
  readonly subjects: number;
  readonly faults: Fault[];
}

export interface WalkOptions {
  /** Wrong calls of each subject that answers at once. */
  readonly each: number;
  /** Wrong calls of each subject that returns a promise. */
  readonly eachAsynchronous: number;
  /** What takes part: a room, or a part of a subject's name. Default everything. */
  readonly only?: string;
}

/** What is right although it looks wrong. */
const EXCUSED: readonly RegExp[] = [
  // A setter gets one value.
  / = accepts (an argument too many|an unknown option)/,
  // The library calls them, and own layers, models and metrics write them with what arguments they like.
  /\.(build|expects|describe|children|config|inputShapeFrom|inputShapes|outputShape|passedOn|beside|reset|update|result) accepts/,
  // Gives back whatever it gets.
  /^Identity\.forward accepts a foreign object/,
  // Any object with a name and a function `apply` is a transform.
  /^compose accepts an unknown option/,
  // The library calls those of callbacks and metrics, and own ones write them as they like.
  /^(?!.*(Module|Layer|Model|Optimizer|Average))\w+\.(stateDict|loadStateDict) accepts/,
  // Parts have names of the user's.
  /^Checkpoint\.(save|restore) accepts an unknown option/,
  // The loop calls it behind each step.
  /^\w+\.observe (accepts|throws a TypeError)/,
  // The library calls it with what forward returned.
  /\.passedOn throws a TypeError/,
  // The library calls it with the state of a file.
  /\.inputShapeFrom throws a TypeError/,
  // A class in the place of a function is a function to whoever looks, and throws when it is called.
  /^Model\.summary throws a TypeError/,
  // Users extend them, and their constructors take what they like.
  /^new (Callback|MeanMetric|Metric|Module) accepts/,
];

/** A number from a name: every subject has its own calls, whatever others there are. */
function seedOf(name: string): number {
  let hash = 2166136261;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 16777619);
  return hash >>> 0;
}

const A = [
  [1, 2],
  [3, 4],
];

/** @throws unless the library still computes, and records, as if nothing had happened */
function checkSound(after: () => string): void {
  const product = matmul(tensor(A), tensor(A)).toArray();
  if (JSON.stringify(product) !== "[[7,10],[15,22]]") throw new Error(`a product is ${JSON.stringify(product)} after ${after()}`);
  if (!isGradEnabled()) throw new Error(`nothing is recorded any more after ${after()}`);
}

/** Calls everything public wrongly. */
export async function walk({ each, eachAsynchronous, only }: WalkOptions): Promise<Walk> {
  const silenced = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")].map((spy) => spy.mockImplementation(() => true));
  for (const name of ["log", "warn", "error", "info"] as const)
    silenced.push(vi.spyOn(console, name).mockImplementation(() => {}) as never);
  const network = vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.reject(new TypeError("fetch failed")));
  const [home, folder, build] = [process.cwd(), mkdtempSync(join(tmpdir(), "simdgrad-")), kernelBuild()];
  process.chdir(folder);
  writeExampleFiles(folder);
  // No data set is near: each call would read it.
  const data = process.env.SIMDGRAD_DATA;
  delete process.env.SIMDGRAD_DATA;
  const faults = new Map<string, Fault>();
  let calls = 0;
  try {
    const subjects = (await record()).filter(({ name, room }) => only === undefined || room === only || name.includes(only));
    for (const subject of subjects) {
      const next = random(seedOf(subject.name));
      const draw = (n: number): number => Math.floor(next() * n);
      for (let turn = 0; turn < (subject.asynchronous ? eachAsynchronous : each); turn++) {
        const wrong = wrongCall(subject, turn, draw);
        const kind = await outcome(subject, wrong);
        calls++;
        if (kind !== null && !EXCUSED.some((pattern) => pattern.test(kind)) && !faults.has(kind)) {
          faults.set(kind, { room: subject.room, kind, shown: shownCall(subject, wrong) });
        }
        if (kernelBuild() !== build) useKernels(build);
        if (calls % 5 === 0) checkSound(() => shownCall(subject, wrong));
      }
      // Large models that calls made go when the event loop turns.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await setThreads(1);
    return { calls, subjects: subjects.length, faults: [...faults.values()] };
  } finally {
    process.chdir(home);
    if (data !== undefined) process.env.SIMDGRAD_DATA = data;
    rmSync(folder, { recursive: true, force: true });
    network.mockRestore();
    for (const spy of silenced) spy.mockRestore();
  }
}

/** What is wrong with how a wrong call ends; null: nothing. */
async function outcome({ name, call }: Subject, { self, args, refused }: WrongCall): Promise<string | null> {
  try {
    const result = call(self, args);
    if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") await result;
  } catch (error) {
    if (error instanceof SimdgradError && typeof error.code === "string" && error.code !== "") return null;
    return `${name} throws a ${error instanceof Error ? error.constructor.name : typeof error}`;
  }
  return refused === null ? null : `${name} accepts ${refused}`;
}

/** The call as text, for a person to repeat. */
function shownCall({ name }: Subject, { args }: WrongCall): string {
  const text = (value: unknown): string => inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 6, maxStringLength: 60 });
  return `${name}(${args.map(text).join(", ")})`.replace(/\s+/g, " ").slice(0, 300);
}
