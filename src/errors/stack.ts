/**
 * Stacks that begin where the library was called. V8 keeps the ten frames nearest to the error, which are often all the library's own.
 *
 *     ShapeError: add: shapes [2] and [3] do not broadcast …
 *         at broadcastShapes (…/simdgrad/build/core.js:812:9)      ┐
 *         at …                                                     ├ left out, unless SIMDGRAD_STACK=full
 *         at Tensor.add (…/simdgrad/build/core.js:6601:12)         ┘
 *         at train (…/train.mjs:12:5)
 */

/** Frames that may stand between an error and the call of the library. */
const OWN_FRAMES = 50;
/** Where the library's files lie, by the file of this module: published, or in the sources, which source maps show instead. */
const FOLDER = /^(.*\/)(?:build\/core\.js|src\/errors\/stack\.ts)$/;
/** The file of a frame: `at name (file:line:column)`, or `at file:line:column`. */
const FILE = /\((.*):\d+:\d+\)$|at (?:async )?(.*):\d+:\d+$/;

interface Platform {
  captureStackTrace?(target: object): void;
  stackTraceLimit?: unknown;
}

/** Frames, which V8 writes down when `stack` is read, and how many of them are wanted. */
interface Capture {
  readonly stack?: unknown;
  readonly limit: number;
}

const captures = new WeakMap<Error, Capture>();

/** The property `stack` of an error, which is only made when it is read. */
const STACK: PropertyDescriptor & ThisType<Error> = {
  get() {
    const { stack, limit } = captures.get(this) ?? { limit: 0 };
    // Other engines write frames in other ways, and who sets Error.prepareStackTrace makes of them what they like.
    const frames = fromCaller(stack, limit);
    this.stack = frames === null ? (stack as string) : `${this.name}: ${this.message}\n${frames.join("\n")}`;
    return this.stack;
  },
  set(stack: unknown) {
    Object.defineProperty(this, "stack", { value: stack, writable: true, enumerable: false, configurable: true });
  },
  enumerable: false,
  configurable: true,
};

/** Gives an error a stack that begins where the library was called. */
export function beginAtCaller(error: Error): void {
  const capture = full() ? null : captured();
  if (capture === null) return;
  captures.set(error, capture);
  Object.defineProperty(error, "stack", STACK);
}

/** Where the library was called: `at train (…/train.mjs:12:5)`; null where the platform does not tell. */
export function callSite(): string | null {
  const { stack, limit } = captured() ?? { limit: 0 };
  return fromCaller(stack, limit)?.[0].trim() ?? null;
}

/** The frames of this call, as many more than usual as may be the library's; null where the platform does not tell, or may not be asked. */
function captured(): Capture | null {
  const { captureStackTrace, stackTraceLimit: limit } = Error as Platform;
  const writable = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable;
  if (captureStackTrace === undefined || writable !== true || typeof limit !== "number" || limit < 1) return null;
  const capture = { limit };
  (Error as Platform).stackTraceLimit = limit + OWN_FRAMES;
  captureStackTrace(capture);
  (Error as Platform).stackTraceLimit = limit;
  return capture;
}

/**
 * The frames of a stack from the first on that stands in a file of the user; all, if there is none.
 * @param stack what was captured in this module
 * @returns null unless it is a stack as V8 writes it
 */
export function fromCaller(stack: unknown, limit: number): string[] | null {
  const frames = typeof stack === "string" ? stack.split("\n").filter((line) => line.startsWith("    at ")) : [];
  if (frames.length === 0) return null;
  // In a bundle the library's frames are not told from others by their files.
  const folder = fileOf(frames[0]).match(FOLDER)?.[1];
  const isOwn = (file: string) => file.startsWith(`${folder}build/`) || file.startsWith(`${folder}src/`);
  // Frames of the platform, between two of the library's, have no file.
  const first = frames.map(fileOf).findIndex((file) => file !== "" && !file.startsWith("node:") && !isOwn(file));
  const from = folder === undefined ? 0 : Math.max(0, first);
  return frames.slice(from, from + limit);
}

/** The file of a frame, with `/` between folders; "" for a function of the platform. */
function fileOf(frame: string): string {
  const [, named, unnamed] = frame.match(FILE) ?? [];
  return (named ?? unnamed ?? "").replace(/^file:\/\//, "").replaceAll("\\", "/");
}

function full(): boolean {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.SIMDGRAD_STACK === "full";
}
