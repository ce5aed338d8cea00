import { builtin, variable } from "../platform.js";

interface Process {
  arch?: string;
  execArgv?: readonly string[];
  versions?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?: unknown;
}

/** What has Node's modules and is not Node. V8's flags may be frozen there, and setting one may end the process. */
const OTHERS = { electron: "Electron", bun: "Bun", deno: "Deno" } as const;

/**
 * Options of Node that tell V8 how to compile. V8 does not say how its flags stand, so none is touched where the user set one.
 * (Flags set with `v8.setFlagsFromString` cannot be known.)
 */
const OPTIONS =
  /^--(no[-_]?)?(experimental[-_]wasm(?![-_]modules)|wasm|liftoff|jitless|stress|freeze[-_]flags|single[-_]threaded|allow[-_]natives)/;

/** Why no flag of V8 may be set in this process; null if flags may be. */
export function platformObstacle(): string | null {
  const { process } = globalThis as { process?: Process };
  const versions = process?.versions;
  if (!versions?.node || !versions.v8) return "this is not Node";
  for (const [key, name] of Object.entries(OTHERS)) if (versions[key]) return `this is ${name}, not Node`;
  if (process?.arch !== "x64") return `the processor is ${process?.arch}, not x64`;
  if (typeof process.getBuiltinModule !== "function") return "this Node has no process.getBuiltinModule";
  const options = [...(process.execArgv ?? []), ...(variable("NODE_OPTIONS") ?? "").split(/\s+/)];
  const option = options.find((one) => OPTIONS.test(one));
  return option === undefined ? null : `Node was started with ${option}`;
}

/**
 * Why kernels are compiled wide on this thread only if that is asked for; null if not. A worker thread may be terminated while V8 compiles.
 * V8's flag then stays on, for the other modules of the process too.
 */
export function threadObstacle(): string | null {
  const { isMainThread } = builtin<{ isMainThread: boolean }>("node:worker_threads") ?? { isMainThread: true };
  return isMainThread ? null : 'this is a worker thread, which may be terminated while it compiles; ask there for "true"';
}
