import type { Declaration, SettingsOf } from "../options/declare.js";
import { count, flag } from "../options/kinds.js";
import { currentSeed, underSeed } from "../tensor/seed.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layer, type StateShapes } from "./layer.js";
import { LayerNorm } from "./layers/layerNorm.js";
import { normShapes, TRANSFORMER_OPTIONS, type TransformerLayer, type TransformerSettings, widthOf } from "./transformerLayer.js";

/** Options of a stack of a Transformer's layers. */
export const STACK_OPTIONS = {
  ...TRANSFORMER_OPTIONS,
  /** Whether a layer norm follows the last layer, as pre-norm layers need. Default false. */
  finalNorm: flag({ default: false, aka: ["norm"] }),
};

/** Positional arguments of a stack. */
export const STACK_SIZES = {
  dModel: count({ required: true, nullable: true, mend: sizesMend }),
  numHeads: count({ required: true, mend: sizesMend }),
  numLayers: count({ required: true, mend: sizesMend }),
};

function sizesMend(): string {
  return "Its arguments are dModel, numHeads, numLayers and the options of its layers, as (64, 4, 2, { … }).";
}

export type StackDeclaration = Declaration<typeof STACK_OPTIONS, typeof STACK_SIZES>;
export type StackSettings = SettingsOf<StackDeclaration>;

/** Layers of a Transformer one behind the other, and perhaps a norm. */
export abstract class TransformerStack<L extends TransformerLayer> extends Layer<StackDeclaration> {
  layers!: L[];
  norm!: LayerNorm | null;
  readonly #seed = currentSeed();

  protected abstract make(size: number, settings: TransformerSettings): L;

  /** Makes the layers. Their initial values depend on the seed at the stack's construction. */
  override build(inputShape: Shape): void {
    const { finalNorm, numLayers, ...settings } = this.settings;
    const size = widthOf("Transformer", settings, inputShape);
    underSeed(this.#seed, () => {
      this.layers = Array.from({ length: numLayers }, () => this.make(size, settings));
      this.norm = finalNorm ? new LayerNorm(size, { epsilon: settings.layerNormEps, bias: settings.bias }) : null;
    });
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("layers.0.self_attn.out_proj.weight");
    return weight?.rank === 2 ? [1, 1, weight.shape[0]] : null;
  }

  override expects(): Shape | null {
    return null;
  }

  protected override resultShape(...inputs: [Shape, ...Shape[]]): Shape {
    return this.built ? this.layers[0].outputShape(...inputs) : inputs[0];
  }

  protected normalized(x: Tensor): Tensor {
    return this.norm === null ? x : this.norm.forward(x);
  }
}

/** The shapes of what a stack holds, by field. @param ofLayer those of a layer */
export function stackShapes(op: string, settings: StackSettings, inputShape: Shape, ofLayer: StateShapes): StateShapes {
  const { numLayers, finalNorm } = settings;
  const layers = Array.from({ length: numLayers }, (_, i) =>
    Object.entries(ofLayer).map(([name, shape]) => [`layers.${i}.${name}`, shape] as const),
  );
  return { ...Object.fromEntries(layers.flat()), ...(finalNorm ? normShapes("norm", settings, widthOf(op, settings, inputShape)) : {}) };
}
