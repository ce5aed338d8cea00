import { Parameter } from "../graph/parameter.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * State of a layer that is saved but not trained, such as a running mean.
 * @example
 * class Center extends Module {
 *   runningMean = new Buffer(zeros([64]));
 *   forward(x) { return x.sub(this.runningMean); }
 * }
 */
export class Buffer extends Parameter {
  constructor(value: Tensor) {
    super(value, { requiresGrad: false });
  }
}
