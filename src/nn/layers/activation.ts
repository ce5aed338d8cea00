import type { TensorSpec } from "../../graph/rehearse.js";
import { checkTensor } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ActivationSpec, activationOf } from "../activations.js";
import { Composed } from "../composed.js";
import * as options from "../options.js";

const ACTIVATION = declare("Activation", {}, { activation: options.activation({ required: true }) });

/**
 * An activation as a layer.
 * Shape:     any → as the activation has it, most often the same; of a function of one's own the same
 * @param activation its name ("relu"), its name with options, or a function of a tensor; with one of your own the layer cannot be saved
 * @throws ArgumentError for an unknown name or option
 * @example new Sequential([new Dense(10), new Activation({ name: "leakyRelu", slope: 0.2 })])
 */
export class Activation extends Composed<typeof ACTIVATION> {
  static override readonly declaration = ACTIVATION;
  readonly #activation = activationOf("Activation", this.settings.activation, true);

  constructor(activation: ActivationSpec) {
    super(arguments.length, activation);
  }

  /** @internal what nobody can know of a user's function, which may read elements, is taken for granted */
  override resultSpecs(operands: readonly TensorSpec[]): TensorSpec[] {
    if (!this.holdsFunction) return super.resultSpecs(operands);
    const [{ shape, dtype }] = operands;
    return [{ shape, dtype: this.resultType(dtype) }];
  }

  forward(x: Tensor): Tensor {
    checkTensor("Activation", "x", x);
    return this.compute(x);
  }

  protected compute(x: Tensor): Tensor {
    return this.#activation.apply(x);
  }
}
