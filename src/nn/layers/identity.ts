import type { DType } from "../../memory/views.js";
import { declare } from "../../options/declare.js";
import { Layer } from "../layer.js";

const IDENTITY = declare("Identity", {});

/**
 * Gives back what it gets: a place for a layer.
 * Shape:     any → same
 * @throws ArgumentError for an argument
 * @example
 * const shortcut = (from, to) => (from === to ? new Identity() : new Linear(from, to));
 * shortcut(64, 64).forward(tensor([1, 2]))   // [1, 2]
 */
export class Identity extends Layer<typeof IDENTITY> {
  static override readonly declaration = IDENTITY;

  constructor() {
    super(arguments.length);
  }

  protected override resultType(dtype: DType): DType {
    return dtype;
  }

  forward<T>(x: T): T {
    return x;
  }
}
