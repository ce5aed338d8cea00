import { isPromise } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Path } from "../io/node.js";
import { writeFile } from "../io/write.js";
import { multiplyAddLimit } from "../kernels/limits.js";
import { type KernelBuild, kernelBuild } from "../kernels/load.js";
import { type Direction, enterLayer, observe, observer } from "../kernels/observer.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { type OperationTotals, Profiler, type SpanTotals } from "./profiler.js";
import { profileText } from "./profileText.js";
import { traceText } from "./trace.js";

const PROFILE = declare("profile", {
  /** Whether an operation has a row for each layer that calls it, instead of one row for all. Default false. */
  layers: flag({ default: false, aka: ["byLayer"] }),
});

/** Options of `profile`. */
export interface ProfileOptions extends OptionsOf<typeof PROFILE> {}

/** All calls of kernels for one operation in one direction. */
export interface ProfileRow {
  /** The name of the operation or optimizer. A kernel that belongs to neither stands under its own name. */
  readonly name: string;
  /** "forward" or "backward" of an operation, "update" of an optimizer, or "other" for calls that belong to neither. */
  readonly direction: Direction;
  /** The path of the layer; "" outside of layers, and without the option `layers`. */
  readonly layer: string;
  /** The names of the kernels. */
  readonly kernels: readonly string[];
  /** The number of calls of kernels. */
  readonly calls: number;
  readonly milliseconds: number;
  /** Mean time of a call in microseconds. */
  readonly meanMicroseconds: number;
  /** Share of the time in all kernels, 0 to 1. */
  readonly share: number;
  /** 10⁹ floating-point operations a second, over the calls with a count of operations; null if no call has one. */
  readonly gflops: number | null;
  /** `gflops` divided by the multiply-add limit of the threads that shared the calls, 0 to 1; null where `gflops` is. */
  readonly ofLimit: number | null;
  /** Bytes read and written, each operand counted once; null if no call has a count of bytes. */
  readonly bytes: number | null;
  /** 10⁹ bytes a second, over the calls with a count of bytes; null if no call has one. Caches can exceed the bandwidth of memory. */
  readonly gigabytesPerSecond: number | null;
}

/** Work in JavaScript that the library measures: batches, metrics, callbacks. */
export interface ProfileSpan {
  readonly name: string;
  readonly calls: number;
  /** Milliseconds without those in kernels. */
  readonly milliseconds: number;
}

/**
 * The result of `profile`: a table as text, its rows as objects, and a file for a viewer of traces.
 * @example
 * const found = profile(() => model.forward(x.reshape([4, 16])));
 * console.log(String(found));
 * found.rows.map(({ name, calls }) => [name, calls]);
 * await found.save("trace.json");   // for ui.perfetto.dev or chrome://tracing
 */
export class Profile {
  /** Milliseconds from beginning to end. */
  readonly milliseconds: number;
  /** Milliseconds in kernels. */
  readonly kernelMilliseconds: number;
  /** The build of the kernels that ran. */
  readonly build: KernelBuild = kernelBuild();
  /** The work in JavaScript, longest first. */
  readonly spans: readonly ProfileSpan[];
  readonly #profiler: Profiler;
  #rows: readonly ProfileRow[] | null = null;
  #limit: number | null = null;

  /** @internal made by `profile` */
  constructor(profiler: Profiler) {
    if (!(profiler instanceof Profiler)) throw new ArgumentError(message("Profile", "it is made by profile(…)"));
    this.#profiler = profiler;
    this.milliseconds = profiler.elapsed;
    this.kernelMilliseconds = profiler.kernelMs;
    this.spans = [...profiler.spanTotals].map(spanOf).sort((a, b) => b.milliseconds - a.milliseconds);
  }

  /** The limit of one thread in GFLOP/s, by multiply-adds in registers. It is measured when it is first read, which takes 20 ms. */
  get limitGflops(): number {
    this.#limit ??= multiplyAddLimit();
    return this.#limit;
  }

  /** The rows of the table, longest first. */
  get rows(): readonly ProfileRow[] {
    this.#rows ??= [...this.#profiler.operations.values()]
      .map((totals) => rowOf(totals, this.kernelMilliseconds, this.limitGflops))
      .sort((a, b) => b.milliseconds - a.milliseconds);
    return this.#rows;
  }

  /** The table as text. */
  toString(): string {
    return profileText(this);
  }

  /** All figures as plain data. */
  toJSON(): object {
    const { milliseconds, kernelMilliseconds, build, limitGflops, spans, rows } = this;
    return { milliseconds, kernelMilliseconds, build, limitGflops, spans, rows };
  }

  /**
   * A time line of all calls, in the JSON of Chrome's trace events, which chrome://tracing and ui.perfetto.dev can show. A longer
   * profile has its first 200,000 calls.
   */
  trace(): string {
    checkArity("trace", arguments.length, 0);
    return traceText(this.#profiler);
  }

  /** Writes `trace()` to a file. @throws FileError that says why the file cannot be written; always in browsers */
  async save(path: Path): Promise<void> {
    checkArity("save", arguments.length, 1);
    await writeFile(path, new TextEncoder().encode(this.trace()), "save");
  }
}

/**
 * Runs `fn` and measures where its time goes. For every operation, forward and backward separately, it counts the calls of kernels,
 * their time, their share of the machine's multiply-add limit and the bytes that they move. The rest is the time of JavaScript.
 * Captured steps are replayed call by call meanwhile, so that their calls are measured too. A call takes some 0.4 µs longer than
 * without profile; that time counts as JavaScript.
 *
 * `fn` may be async. Then everything that the process does until its promise settles is measured with it.
 *
 * @param fn the function to measure. Its result is ignored; an error that it throws is passed on
 * @param options.layers whether an operation has a row for each layer that calls it; default false
 * @returns a `Profile`, or for an async `fn` a promise of one
 * @throws ArgumentError for an unknown option, within another profile, or within a step that is being captured
 * @example
 * const found = await profile(() => model.fit(train, { epochs: 1, verbose: 0 }), { layers: true });
 * console.log(`${found}`);
 * found.rows[0].name;   // the operation that takes longest
 */
export function profile<T>(fn: () => T, options?: ProfileOptions): T extends PromiseLike<unknown> ? Promise<Profile> : Profile {
  checkArity(PROFILE.op, arguments.length, 2);
  if (typeof fn !== "function") throw new ArgumentError(message("profile", `fn is ${kindText(fn)}; expected a function`));
  const { layers } = PROFILE.readOptions(options);
  if (observer !== null) {
    const where = observer instanceof Profiler ? "another profile is under way" : "a captured step is being recorded";
    throw new ArgumentError(message("profile", where, "Put one profile around it all."));
  }
  // The kernels are loaded before the measurement begins.
  kernelBuild();
  const profiler = new Profiler(layers);
  const end = (): Profile => {
    observe(null);
    enterLayer("");
    return new Profile(profiler);
  };
  enterLayer("");
  observe(profiler);
  let result: T;
  try {
    result = fn();
  } catch (error) {
    end();
    throw error;
  }
  type Result = T extends PromiseLike<unknown> ? Promise<Profile> : Profile;
  if (!isPromise(result)) return end() as Result;
  return Promise.resolve(result).then(end, (error) => {
    end();
    throw error;
  }) as Result;
}

function rowOf(totals: OperationTotals, all: number, limit: number): ProfileRow {
  const { op, direction, layer, kernels, calls, ms, flops, flopsMs, flopsThreadMs, bytes, bytesMs } = totals;
  return {
    name: op,
    direction,
    layer,
    kernels: [...kernels].sort(),
    calls,
    milliseconds: ms,
    meanMicroseconds: (1000 * ms) / calls,
    share: all > 0 ? ms / all : 0,
    gflops: flopsMs > 0 ? flops / flopsMs / 1e6 : null,
    ofLimit: flopsThreadMs > 0 ? flops / flopsThreadMs / 1e6 / limit : null,
    bytes: bytesMs > 0 ? bytes : null,
    gigabytesPerSecond: bytesMs > 0 ? bytes / bytesMs / 1e6 : null,
  };
}

function spanOf([name, { calls, ms, kernelMs }]: [string, SpanTotals]): ProfileSpan {
  return { name, calls, milliseconds: Math.max(0, ms - kernelMs) };
}
