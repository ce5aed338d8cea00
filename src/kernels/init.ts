import { checkOptions } from "../errors/check.js";
import { type KernelBuild, kernelBuild, useKernels } from "./load.js";
import { setThreads } from "./threads/workers.js";

export interface InitOptions {
  /** Which build of the kernels to use. Default: `SIMDGRAD_KERNELS` if set, else the best that the platform runs. */
  kernels?: KernelBuild;
  /** On how many threads they run, see `setThreads`. */
  threads?: number;
}

/**
 * Chooses and compiles the kernels ahead of the first use. Optional: they otherwise load when first needed.
 * @returns the build in use
 * @throws KernelError if the platform cannot run the build asked for
 * @example await init({ kernels: "simd" });   // the same bits on every machine
 */
export async function init(options: InitOptions = {}): Promise<{ kernels: KernelBuild }> {
  checkOptions("init", options, ["kernels", "threads"]);
  if (options.kernels !== undefined) useKernels(options.kernels);
  if (options.threads !== undefined) await setThreads(options.threads);
  return { kernels: kernelBuild() };
}
