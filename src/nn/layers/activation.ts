import { checkTensor } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type ActivationSpec, activationOf } from "../activations.js";
import { Layer } from "../layer.js";
import * as options from "../options.js";

const ACTIVATION = declare("Activation", {}, { activation: options.activation({ required: true }) });

/**
 * An activation as a layer.
 * Shape:     any → same
 * @param activation its name ("relu"), its name with options, or a function of a tensor; with one of your own the layer cannot be saved
 * @throws ArgumentError for an unknown name or option
 * @example new Sequential([new Dense(10), new Activation({ name: "leakyRelu", slope: 0.2 })])
 */
export class Activation extends Layer<typeof ACTIVATION> {
  static override readonly declaration = ACTIVATION;
  readonly #activation = activationOf("Activation", this.settings.activation);

  constructor(activation: ActivationSpec) {
    super(arguments.length, activation);
  }

  forward(x: Tensor): Tensor {
    checkTensor("Activation", "x", x);
    return this.#activation.apply(x);
  }
}
