/**
 * What is asked of the platform: an environment, the cores, workers. Node's modules (Deno and Bun have them too) are asked
 * of the process and never imported, so that bundlers for browsers find nothing to resolve.
 */

interface Process {
  env?: Record<string, string | undefined>;
  getBuiltinModule?(id: string): unknown;
}

interface NodeWorker {
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  unref(): void;
}

/** A module of Node's own, undefined in browsers. */
export function builtin<T>(id: string): T | undefined {
  const { process } = globalThis as { process?: Process };
  return process?.getBuiltinModule?.(id) as T | undefined;
}

/** A variable of the environment that is set and not empty. */
export function variable(name: string): string | undefined {
  return (globalThis as { process?: Process }).process?.env?.[name] || undefined;
}

/** Whether this thread may sleep in `memory.atomic.wait32`: the main thread of a browser may not. */
export function maySleep(): boolean {
  return typeof (globalThis as { window?: unknown }).window === "undefined" || builtin("node:worker_threads") !== undefined;
}

/** Cores that this process may use: those it is bound to, and no more than the quota of its control groups; at least 1. */
export function availableCores(): number {
  const os = builtin<{ availableParallelism?(): number; cpus(): unknown[] }>("node:os");
  if (os === undefined)
    return Math.max(1, (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1);
  const cores = os.availableParallelism?.() ?? os.cpus().length;
  return Math.max(1, Math.min(cores, Math.floor(cgroupQuota(readText))));
}

/** A file's text, or null where it cannot be read. */
type ReadText = (path: string) => string | null;

function readText(path: string): string | null {
  try {
    return builtin<{ readFileSync(path: string, encoding: "utf8"): string }>("node:fs")?.readFileSync(path, "utf8") ?? null;
  } catch {
    return null;
  }
}

/** Cores' worth of time that Linux control groups allow, Infinity without a limit: the least of the group and those above it. */
export function cgroupQuota(read: ReadText): number {
  const own = read("/proc/self/cgroup") ?? "";
  // Version 2 has one line `0::path`, version 1 a line `4:cpu,cpuacct:path` for each set of controllers.
  const ofVersion2 = own.match(/^0::(\/.*)$/m)?.[1] ?? "/";
  const ofVersion1 = own.match(/^\d+:(?:[\w,]+,)?cpu(?:,[\w,]+)?:(\/.*)$/m)?.[1] ?? "/";
  let quota = Infinity;
  for (const group of lineage(ofVersion2)) {
    const [most, period] = (read(`/sys/fs/cgroup${group}cpu.max`) ?? "max 1").trim().split(/\s+/).map(Number);
    if (most > 0 && period > 0) quota = Math.min(quota, most / period);
  }
  for (const group of lineage(ofVersion1)) {
    const most = Number(read(`/sys/fs/cgroup/cpu${group}cpu.cfs_quota_us`) ?? -1);
    const period = Number(read(`/sys/fs/cgroup/cpu${group}cpu.cfs_period_us`) ?? 0);
    if (most > 0 && period > 0) quota = Math.min(quota, most / period);
  }
  return quota;
}

/** `/a/b` → `/`, `/a/`, `/a/b/` */
function lineage(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return ["/", ...names.map((_, i) => `/${names.slice(0, i + 1).join("/")}/`)];
}

/**
 * The whole program of a worker: an instance of its own over the shared memory, in which it stays until it is told to leave. In Node
 * it opens a file, which is closed when the thread ends, whatever ends it: see `isClosed`.
 */
const PROGRAM = `const begin = ({ module, memory, scratch, status, control, cell }) => {
const { setup, work } = new WebAssembly.Instance(module, { env: { memory } }).exports;
setup(scratch, status);
work(control, cell);
};
const threads = globalThis.process?.getBuiltinModule?.("node:worker_threads");
if (threads) {
try {
const open = process.getBuiltinModule("node:fs").openSync(process.getBuiltinModule("node:os").devNull);
new Int32Array(threads.workerData.memory.buffer)[threads.workerData.file >>> 2] = open;
} catch {}
begin(threads.workerData);
} else onmessage = ({ data }) => { begin(data); close(); };`;

/** What a worker is given. */
export interface WorkerData {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  scratch: number;
  status: number;
  control: number;
  cell: number;
  /** Where the worker writes the descriptor of its file. */
  file: number;
}

/** Whether a worker's file is closed. Unlike an event, this is seen without giving the event loop a turn. */
export function isClosed(file: number): boolean {
  try {
    builtin<{ fstatSync(file: number): unknown }>("node:fs")?.fstatSync(file);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === "EBADF";
  }
}

/**
 * Starts a worker. It needs no file of its own, so bundles work; it never keeps the process alive.
 * @throws what the platform throws where there are no workers, or no more of them
 */
export function startWorker(workerData: WorkerData, onGone: (failure: string) => void): void {
  const threads = builtin<{ Worker: new (program: string, options: object) => NodeWorker }>("node:worker_threads");
  if (threads !== undefined) {
    // Nothing of the user's own start-up is repeated: no --import, no NODE_OPTIONS.
    const worker = new threads.Worker(PROGRAM, { eval: true, workerData, execArgv: [], env: {}, name: "simdgrad" });
    let failure = "";
    worker.on("error", (error) => {
      failure = String(error);
    });
    worker.on("exit", (code) => onGone(failure || `exit code ${code}`));
    worker.unref();
    return;
  }
  const url = URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "simdgrad" });
  worker.onerror = (event) => onGone(event.message);
  worker.postMessage(workerData);
}
