import { Parameter } from "../graph/parameter.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * State of a layer that is saved but not trained, such as a running mean.
 * @example runningMean = new Buffer(zeros([features]));
 */
export class Buffer extends Parameter {
  constructor(value: Tensor) {
    super(value, { requiresGrad: false });
  }
}
