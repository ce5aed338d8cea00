import type { Sequential } from "../model/sequential.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";
import { Network } from "./network.js";

/** A network of two halves: samples are reduced to codes, and codes give samples back. */
export abstract class Codec<D extends AnyDeclaration> extends Network<D> {
  abstract readonly encoder: Sequential;
  abstract readonly decoder: Sequential;

  /** The codes of samples: what the encoder gives. Shape: [n, ...inputShape] → [n, ...code] */
  encode(x: Tensor): Tensor {
    checkArity("encode", arguments.length, 1);
    return this.encoder.forward(x);
  }

  /** The inverse of `encode`, as far as it has been learned. Shape: [n, ...code] → [n, ...inputShape] */
  decode(code: Tensor): Tensor {
    checkArity("decode", arguments.length, 1);
    return this.decoder.forward(code);
  }
}
