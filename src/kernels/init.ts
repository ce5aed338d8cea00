import { type KernelBuild, kernelBuild, useKernels } from "./load.js";

export interface InitOptions {
  /** Which build of the kernels to use. Default: `SIMDGRAD_KERNELS` if set, else the best that the platform runs. */
  kernels?: KernelBuild;
}

/**
 * Chooses and compiles the kernels ahead of the first use. Optional: they otherwise load when first needed.
 * @returns the build in use
 * @throws KernelError if the platform cannot run the build asked for
 * @example await init({ kernels: "simd" });   // the same bits on every machine
 */
export async function init(options: InitOptions = {}): Promise<{ kernels: KernelBuild }> {
  if (options.kernels !== undefined) useKernels(options.kernels);
  return { kernels: kernelBuild() };
}
