import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { type KernelBuild, kernelBuild, useKernels } from "./load.js";
import { MOST_THREADS } from "./threads/count.js";
import { setThreads } from "./threads/workers.js";

const INIT = declare("init", {
  /** Which build of the kernels to use. Default: `SIMDGRAD_KERNELS` if set, else the best that the platform runs. */
  kernels: choice(["js", "simd", "relaxed"], {}),
  /** On how many threads they run, from 1 to 256: see `setThreads`. Default: as before. */
  threads: number({ min: 1, max: MOST_THREADS, whole: true }),
});

/** Options of `init`. */
export interface InitOptions extends OptionsOf<typeof INIT> {}

/**
 * Chooses and compiles the kernels ahead of the first use. Optional: they otherwise load when first needed.
 * @returns the build in use
 * @throws KernelError if the platform cannot run the build asked for, ArgumentError for an option
 * @example await init({ kernels: "simd" });   // the same bits on every machine
 */
export async function init(options?: InitOptions): Promise<{ kernels: KernelBuild }> {
  checkArity("init", arguments.length, 1);
  const { kernels, threads } = INIT.readOptions(options);
  if (kernels !== undefined) useKernels(kernels);
  if (threads !== undefined) await setThreads(threads);
  return { kernels: kernelBuild() };
}
