import { builtin } from "../platform.js";

/** Threads as the platform has them: Node's worker threads, or the workers of browsers. */

interface NodeWorker {
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "exit", listener: (code: number) => void): void;
  unref(): void;
}

/** Whether this thread may sleep in `memory.atomic.wait32`: the main thread of a browser may not. */
export function maySleep(): boolean {
  return typeof (globalThis as { window?: unknown }).window === "undefined" || builtin("node:worker_threads") !== undefined;
}

/**
 * The whole program of a worker: instances of its own of the pieces over the shared memory, in which it stays until it is told to
 * leave. In Node it opens a file, which is closed when the thread ends, whatever ends it: see `isClosed`.
 */
const PROGRAM = `const begin = ({ modules, memory, scratch, status, control, cell }) => {
const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
const pieces = modules.map((module) => {
const { exports } = new WebAssembly.Instance(module, { env: { memory, table } });
const functions = Object.values(exports), first = table.grow(functions.length);
functions.forEach((f, i) => table.set(first + i, f));
exports.setup(scratch, status, WebAssembly.Module.customSections(module, "wide").length);
return exports;
});
pieces[0].work(control, cell);
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
  /** The pieces in the order of the table, the core first. */
  modules: WebAssembly.Module[];
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

/** Why a worker from a blob gives an error without a text: its program was not even loaded. */
const REFUSED =
  "the page's content security policy refuses workers that are not files; allow them with worker-src blob:, or call setThreads(1)";

/** Where browsers load the program from. */
let address: string | undefined;

/**
 * Starts a worker. It needs no file of its own, so bundles work; it never keeps the process alive.
 * @param onGone is told why the worker has ended, and whether every other would end so
 * @throws what the platform throws where there are no workers, or no more of them
 */
export function startWorker(workerData: WorkerData, onGone: (failure: string, final: boolean) => void): void {
  const threads = builtin<{ Worker: new (program: string, options: object) => NodeWorker }>("node:worker_threads");
  if (threads !== undefined) {
    // Nothing of the user's own start-up is repeated: no --import, no NODE_OPTIONS.
    const worker = new threads.Worker(PROGRAM, { eval: true, workerData, execArgv: [], env: {}, name: "simdgrad" });
    let failure = "";
    worker.on("error", (error) => {
      failure = String(error);
    });
    worker.on("exit", (code) => onGone(failure || `exit code ${code}`, false));
    worker.unref();
    return;
  }
  address ??= URL.createObjectURL(new Blob([PROGRAM], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "simdgrad" });
  worker.onerror = ({ message }: { message?: string }) => {
    worker.terminate();
    onGone(message ?? REFUSED, message === undefined);
  };
  worker.postMessage(workerData);
}
