import { checkOptions } from "../../errors/check.js";
import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type LossOptions, paired, reduced } from "./reduction.js";

/**
 * Huber's loss of d = prediction − target: d²/2 where |d| ≤ δ, else δ(|d| − δ/2). With δ = 1 it is
 * torch.nn.SmoothL1Loss too. Huber, Ann. Math. Stat. 35, 1964.
 * Shape:     prediction any, target the same → [], or that shape for reduction "none"
 * Gradient:  dprediction = g · clamp(d, −δ, δ) / n, dtarget the opposite
 * @param options.delta δ > 0, default 1
 * @param options.reduction "mean" over all elements (default), "sum" or "none"
 * @throws ShapeError if the shapes differ: losses never broadcast; ArgumentError
 * @example huber(tensor([1, 2]), tensor([1, 4]))   // 0.75
 */
export function huber(prediction: Tensor, target: Tensor, options: LossOptions & { delta?: number } = {}): Tensor {
  checkOptions("huber", options, ["reduction", "delta"]);
  const { delta = 1 } = options;
  if (!(delta > 0) || !Number.isFinite(delta)) {
    throw new ArgumentError(message("huber", `delta is ${String(delta)}; expected a finite number > 0`));
  }
  const [x, y] = paired("huber", prediction, target, options.reduction);
  const d = x.sub(y);
  // With c = clamp(d): c(d − c/2) is d²/2 inside and δ|d| − δ²/2 outside, and so is its gradient.
  const c = d.clamp(-delta, delta);
  return reduced(c.mul(d.sub(c.mul(0.5))), options.reduction);
}
