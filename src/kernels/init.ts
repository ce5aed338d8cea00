import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, number } from "../options/kinds.js";
import { isWide, type KernelBuild, kernelBuild, useKernels, useWideAsAsked } from "./load.js";
import { MOST_THREADS } from "./threads/count.js";
import { setThreads } from "./threads/workers.js";
import { askWide } from "./wide/wish.js";

const INIT = declare("init", {
  /** Which build of the kernels to use. Default: `SIMDGRAD_KERNELS` if set, else the best that the platform runs. */
  kernels: choice(["js", "simd", "relaxed"], {}),
  /**
   * Whether kernels are compiled to 256-bit instructions: the same bits, up to twice as fast. `"auto"`: in Node on x64, with a V8 on
   * which that is proven, on the main thread. Default: `SIMDGRAD_WIDE` (1, 0 or auto) if set, else "auto".
   */
  wide: choice([true, false, "auto"], {}),
  /** On how many threads they run, from 1 to 256: see `setThreads`. Default: as before. */
  threads: number({ min: 1, max: MOST_THREADS, whole: true }),
});

/** Options of `init`. */
export interface InitOptions extends OptionsOf<typeof INIT> {}

/**
 * Chooses and compiles the kernels ahead of the first use. Optional: they otherwise load when first needed.
 * @returns the build in use, and whether its kernels are compiled to 256-bit instructions
 * @throws KernelError if the platform cannot run the build asked for, or not wide; ArgumentError for an option
 * @example await init({ kernels: "simd" });   // the same bits on every machine
 */
export async function init(options?: InitOptions): Promise<{ kernels: KernelBuild; wide: boolean }> {
  checkArity("init", arguments.length, 1);
  const { kernels, threads, wide } = INIT.readOptions(options);
  const asked = wide === undefined ? undefined : askWide(wide);
  try {
    if (kernels !== undefined) useKernels(kernels);
    if (wide !== undefined) useWideAsAsked();
  } catch (error) {
    if (asked !== undefined) askWide(asked);
    throw error;
  }
  if (threads !== undefined) await setThreads(threads);
  return { kernels: kernelBuild(), wide: isWide() };
}
