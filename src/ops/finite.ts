import { mode } from "../graph/mode.js";
import * as kernels from "../kernels/generated.js";
import { checked } from "../kernels/recorder.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * Ends a step, captured or not, where a loss is not finite.
 * @param x a scalar
 * @param report throws the error; it is told NaN, Infinity or −Infinity
 * @internal
 */
export function requireFinite(x: Tensor, report: (value: number) => never): void {
  inspect(
    x,
    () => kernels.checkFinite({ x: x.at }, 0, 1, x.dtype),
    () => report(x.item()),
  );
}

/**
 * Runs a kernel that reports what is wrong with a tensor's elements.
 * @param report throws the error; it is told the detail that the kernel reported
 */
export function inspect(x: Tensor, kernel: () => void, report: (detail: number) => never): void {
  const held = mode.scope === null || x.at === 0;
  if (held) x.storage.hold();
  try {
    kernel();
    checked(({ detail }) => report(detail));
  } finally {
    if (held) x.storage.drop();
  }
}
