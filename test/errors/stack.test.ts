import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ShapeError } from "../../src/errors/errors.js";
import { fromCaller } from "../../src/errors/stack.js";

/** Frames as V8 writes them. */
const stackOf = (...frames: string[]) => ["Error", ...frames.map((frame) => `    at ${frame}`)].join("\n");
const beginning = (...frames: string[]) => fromCaller(stackOf(...frames), 10)?.map((line) => line.trim());

describe("the frames of a stack begin", () => {
  const LIBRARY = "file:///app/node_modules/simdgrad/build/";

  test("at the caller of the published library", () => {
    const own = [`captured (${LIBRARY}core.js:9:1)`, `new ShapeError (${LIBRARY}core.js:20:3)`, `loadDigits (${LIBRARY}datasets.js:3:3)`];
    expect(beginning(...own, "train (file:///app/my train.mjs:12:5)", "file:///app/my train.mjs:20:1")).toEqual([
      "at train (file:///app/my train.mjs:12:5)",
      "at file:///app/my train.mjs:20:1",
    ]);
  });

  test("behind functions of the platform that the library calls", () => {
    const own = [`captured (${LIBRARY}core.js:9:1)`, "Array.map (<anonymous>)", `check (${LIBRARY}core.js:20:3)`];
    const waits = ["process.processTicksAndRejections (node:internal/process/task_queues:105:5)", `async fit (${LIBRARY}core.js:3:3)`];
    expect(beginning(...own, ...waits, "async file:///app/train.mjs:7:1")).toEqual(["at async file:///app/train.mjs:7:1"]);
  });

  test("at the caller when source maps show the sources, or pages the addresses", () => {
    const mapped = [
      "captured (/app/node_modules/simdgrad/src/errors/stack.ts:60:3)",
      "add (/app/node_modules/simdgrad/src/ops/add.ts:1:1)",
    ];
    expect(beginning(...mapped, "main (/app/src/train.ts:3:3)")).toEqual(["at main (/app/src/train.ts:3:3)"]);
    const served = ["captured (http://localhost:80/lib/simdgrad/build/core.js:9:1)", "http://localhost:80/lib/simdgrad/build/core.js:19:1"];
    expect(beginning(...served, "http://localhost:80/build/page.js:1:1")).toEqual(["at http://localhost:80/build/page.js:1:1"]);
    const windows = [
      "captured (C:\\app\\node_modules\\simdgrad\\build\\core.js:9:1)",
      "C:\\app\\node_modules\\simdgrad\\build\\core.js:1:1",
    ];
    expect(beginning(...windows, "main (C:\\app\\train.mjs:3:3)")).toEqual(["at main (C:\\app\\train.mjs:3:3)"]);
  });

  test("at the call within the library that the user's own layer made, and go on with whoever called that", () => {
    const frames = [`captured (${LIBRARY}core.js:9:1)`, "Mine.forward (file:///app/mine.mjs:3:3)", `fit (${LIBRARY}core.js:5:5)`];
    expect(beginning(...frames)).toEqual(["at Mine.forward (file:///app/mine.mjs:3:3)", `at fit (${LIBRARY}core.js:5:5)`]);
  });

  test("where they began, in a bundle and where nothing is the user's", () => {
    const bundled = ["captured (file:///app/bundle.js:9:1)", "add (file:///app/bundle.js:20:3)", "main (file:///app/bundle.js:90:3)"];
    expect(beginning(...bundled)).toHaveLength(3);
    const alone = [`captured (${LIBRARY}core.js:9:1)`, `tick (${LIBRARY}core.js:20:3)`, "listOnTimeout (node:internal/timers:588:17)"];
    expect(beginning(...alone)).toHaveLength(3);
  });

  test("and are as many as wanted", () => {
    const user = Array.from({ length: 30 }, (_, i) => `f${i} (file:///app/deep.mjs:${i}:1)`);
    expect(fromCaller(stackOf(`captured (${LIBRARY}core.js:9:1)`, ...user), 10)).toHaveLength(10);
  });

  test("and are left as they are where they are no frames of V8", () => {
    expect(fromCaller("captured@http://localhost/build/core.js:9:1\nmain@http://localhost/page.js:1:1", 10)).toBeNull();
    expect(fromCaller([{}], 10)).toBeNull();
    expect(fromCaller(undefined, 10)).toBeNull();
  });
});

describe("an error of the library", () => {
  beforeEach(() => vi.stubEnv("SIMDGRAD_STACK", undefined));
  afterEach(() => vi.unstubAllEnvs());

  /** An error that is thrown far within the library. */
  function made(depth = 30): ShapeError {
    return depth > 0 ? made(depth - 1) : new ShapeError("add: no.");
  }

  test("has its name and message, and the frames of the caller, at most the usual ten", () => {
    const [head, ...frames] = (made().stack as string).split("\n");
    expect(head).toBe("ShapeError: add: no.");
    expect(frames).toHaveLength(10);
    expect(frames[0]).toMatch(/^ {4}at made \(.*stack\.test\.ts:\d+:\d+\)$/);
    expect(Error.stackTraceLimit).toBe(10);
  });

  test("shows the library's own frames with SIMDGRAD_STACK=full", () => {
    vi.stubEnv("SIMDGRAD_STACK", "full");
    expect(new ShapeError("add: no.").stack).toMatch(/^ShapeError|Error: add: no\.\n/);
    expect(Object.getOwnPropertyDescriptor(new ShapeError("add: no."), "stack")?.get).toBe(
      Object.getOwnPropertyDescriptor(new Error(), "stack")?.get,
    );
  });

  test("takes another stack, and lists none among its properties", () => {
    const error = made();
    error.stack = "mine";
    expect(error.stack).toBe("mine");
    expect(Object.keys(made())).toEqual(Object.keys(error));
    expect(Object.keys(error)).not.toContain("stack");
  });

  test("leaves to Error.prepareStackTrace what it makes of the frames", () => {
    const { prepareStackTrace } = Error;
    try {
      Error.prepareStackTrace = (_, frames) => frames.length;
      expect(made().stack).toBeGreaterThan(20);
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  });

  test.each([
    ["none", 0],
    ["not a number", undefined],
  ])("has the platform's stack where Error.stackTraceLimit is %s", (_, limit) => {
    const before = Error.stackTraceLimit;
    try {
      Error.stackTraceLimit = limit as number;
      const error = made();
      expect(String(error)).toBe("ShapeError: add: no.");
      expect(Error.stackTraceLimit).toBe(limit);
    } finally {
      Error.stackTraceLimit = before;
    }
  });

  test("is made where Error.stackTraceLimit must not be set", () => {
    const before = Error.stackTraceLimit;
    try {
      Object.defineProperty(Error, "stackTraceLimit", { writable: false });
      expect(made().message).toBe("add: no.");
    } finally {
      Object.defineProperty(Error, "stackTraceLimit", { writable: true, value: before });
    }
  });
});
