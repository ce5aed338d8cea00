import { isPromise } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { writeFile } from "../io/file.js";
import type { Path } from "../io/node.js";
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
  /** A row for each layer that an operation is called in, instead of one for all. Default false. */
  layers: flag({ default: false, aka: ["byLayer"] }),
});

/** What `profile` is to tell. */
export interface ProfileOptions extends OptionsOf<typeof PROFILE> {}

/** The calls of kernels of one operation in one direction. */
export interface ProfileRow {
  /** The operation, the optimizer, or, where kernels belong to neither, the kernel. */
  readonly name: string;
  /** "update" are the optimizers; "other" belongs to no operation. */
  readonly direction: Direction;
  /** Path of the layer; "" outside of layers and without the option `layers`. */
  readonly layer: string;
  /** Names of the kernels. */
  readonly kernels: readonly string[];
  /** Calls of kernels. */
  readonly calls: number;
  readonly milliseconds: number;
  /** Of a call. */
  readonly meanMicroseconds: number;
  /** Of the time in all kernels, 0 to 1. */
  readonly share: number;
  /** 10⁹ floating-point operations a second, of the calls whose operations are counted; null if none are. */
  readonly gflops: number | null;
  /** What that is of the multiply-add limit of the threads that ran, 0 to 1. */
  readonly ofLimit: number | null;
  /** Bytes read and written, each operand once; null where they are not counted. */
  readonly bytes: number | null;
  /** 10⁹ bytes a second, of the calls whose bytes are counted. Above the bandwidth of memory: the data lay in a cache. */
  readonly gigabytesPerSecond: number | null;
}

/** Work of JavaScript that the library knows: batches, metrics, callbacks. */
export interface ProfileSpan {
  readonly name: string;
  readonly calls: number;
  /** Kernels within it not counted. */
  readonly milliseconds: number;
}

/**
 * What `profile` found: a table as text, its rows, and a file for a viewer of traces.
 * @example
 * const found = profile(() => model.forward(x.reshape([4, 16])));
 * console.log(String(found));
 * found.rows.map(({ name, calls }) => [name, calls]);
 * await found.save("trace.json");   // for ui.perfetto.dev or chrome://tracing
 */
export class Profile {
  /** From beginning to end. */
  readonly milliseconds: number;
  /** In kernels. */
  readonly kernelMilliseconds: number;
  /** Whose kernels ran. */
  readonly build: KernelBuild = kernelBuild();
  /** In order of their time, the longest first. */
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

  /** The most that one thread can do, multiply-adds in registers, in GFLOP/s: measured when it is first asked for, in 20 ms. */
  get limitGflops(): number {
    this.#limit ??= multiplyAddLimit();
    return this.#limit;
  }

  /** In order of their time, the longest first. */
  get rows(): readonly ProfileRow[] {
    this.#rows ??= [...this.#profiler.operations.values()]
      .map((totals) => rowOf(totals, this.kernelMilliseconds, this.limitGflops))
      .sort((a, b) => b.milliseconds - a.milliseconds);
    return this.#rows;
  }

  /** The table. */
  toString(): string {
    return profileText(this);
  }

  /** All figures as plain data. */
  toJSON(): object {
    const { milliseconds, kernelMilliseconds, build, limitGflops, spans, rows } = this;
    return { milliseconds, kernelMilliseconds, build, limitGflops, spans, rows };
  }

  /**
   * Every call on a time line, in the JSON of Chrome's trace events, which chrome://tracing and ui.perfetto.dev show. Of very long
   * profiles the first 200,000 calls.
   */
  trace(): string {
    checkArity("trace", arguments.length, 0);
    return traceText(this.#profiler);
  }

  /** Writes `trace()` to a file. @throws FileError that says why it cannot be written; in browsers */
  async save(path: Path): Promise<void> {
    checkArity("save", arguments.length, 1);
    await writeFile(path, new TextEncoder().encode(this.trace()), "save");
  }
}

/**
 * Runs `fn` and tells where its time goes: for every operation, forward and backward apart, the calls of its kernels, their time, what
 * that is of the machine's multiply-add limit, and the bytes they move; and what is left to JavaScript. Captured steps are replayed
 * call by call meanwhile, and so tell the same. A call costs some 0.4 µs more than otherwise, which count as outside of kernels.
 *
 * `fn` may be async: then all that the process does until it is done is measured with it.
 *
 * @param fn what is to be measured; what it returns is let go, what it throws is thrown on
 * @param options.layers a row for each layer that an operation is called in; default false
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
  // Loading the kernels is no part of the work.
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
