import { Sequential } from "../model/sequential.js";
import { AdaptiveAvgPool2d, Conv2d, Dense, Dropout, Flatten, MaxPool2d } from "../nn/index.js";
import type { Module } from "../nn/module.js";
import { sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { choice, count, number } from "../options/kinds.js";
import type { Shape } from "../tensor/shape.js";
import { asTwo } from "./asTwo.js";
import { heByFanOut } from "./initial.js";
import { Network } from "./network.js";

const VGG_NET = declare("Vgg", {
  /** Layers with weights. Default 16. */
  depth: choice([11, 16, 19], { default: 16 }),
  /** Probability of dropping between the last layers, 0 … 1. Default 0.5. */
  dropout: number({ default: 0.5, min: 0, max: 1 }),
  /** Classes that are told apart. Default 1000. */
  classes: count({ default: 1000, aka: ["numClasses"] }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 224, 224]. */
  inputShape: sampleShape({ default: [3, 224, 224], aka: ["inChannels"] }),
});

/** Options of `Vgg`. */
export interface VggOptions extends OptionsOf<typeof VGG_NET> {}

/** How many convolutions each stage has; a pooling that halves the extents stands behind each. */
const STAGES = { 11: [1, 1, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] };
const CHANNELS = [64, 128, 256, 512, 512];

/**
 * Stages of 3 × 3 convolutions with poolings between, with torchvision's names, so that a file of its weights loads with no map. Simonyan and
 * Zisserman, ICLR 2015. `vgg11`, `vgg16` and `vgg19` make those of the paper.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.depth 11, 16 or 19, default 16
 * @param options.dropout 0 … 1, default 0.5
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example new Vgg({ depth: 11, classes: 10 }).outputShape([1, 3, 224, 224]);   // [1, 10]
 */
export class Vgg extends Network<typeof VGG_NET> {
  static override readonly type = "Vgg";
  static override readonly capturable = true;
  static override readonly declaration = VGG_NET;
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(7);
  readonly flatten = new Flatten();
  readonly classifier: Sequential;

  constructor(options?: VggOptions) {
    super(arguments.length, options);
    const { depth, dropout, classes, inputShape } = this.settings;
    this.features = featuresOf(STAGES[depth], inputShape);
    const wide = (units: number, inFeatures: number): Dense =>
      new Dense(units, { activation: "relu", weightInitializer: { name: "normal", std: 0.01 }, inputShape: [inFeatures] });
    this.classifier = new Sequential([
      ...asTwo(wide(4096, 512 * 7 * 7)),
      new Dropout(dropout),
      ...asTwo(wide(4096, 4096)),
      new Dropout(dropout),
      new Dense(classes, { weightInitializer: { name: "normal", std: 0.01 }, inputShape: [4096] }),
    ]);
  }
}

function featuresOf(stages: readonly number[], inputShape: Shape): Sequential {
  const layers: Module[] = [];
  let inChannels = inputShape[0];
  for (const [stage, convolutions] of stages.entries()) {
    for (let i = 0; i < convolutions; i++) {
      const options = { padding: 1, activation: "relu", weightInitializer: heByFanOut, biasInitializer: "zeros" } as const;
      layers.push(...asTwo(new Conv2d(inChannels, CHANNELS[stage], 3, layers.length === 0 ? { ...options, inputShape } : options)));
      inChannels = CHANNELS[stage];
    }
    layers.push(new MaxPool2d(2));
  }
  return new Sequential(layers);
}

/**
 * VGG-11, 132,863,336 parameters. Simonyan and Zisserman, ICLR 2015; see `Vgg`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.dropout 0 … 1, default 0.5
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example vgg11({ classes: 10 }).outputShape([1, 3, 64, 64]);   // [1, 10]
 */
export function vgg11(options?: Omit<VggOptions, "depth">): Vgg {
  checkArity("vgg11", arguments.length, 1);
  return new Vgg({ ...VGG_NET.readOptions(options, "vgg11"), depth: 11 });
}

/**
 * VGG-16, 138,357,544 parameters. Simonyan and Zisserman, ICLR 2015; see `Vgg`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.dropout 0 … 1, default 0.5
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example vgg16({ classes: 10 }).outputShape([1, 3, 64, 64]);   // [1, 10]
 */
export function vgg16(options?: Omit<VggOptions, "depth">): Vgg {
  checkArity("vgg16", arguments.length, 1);
  return new Vgg({ ...VGG_NET.readOptions(options, "vgg16"), depth: 16 });
}

/**
 * VGG-19, 143,667,240 parameters. Simonyan and Zisserman, ICLR 2015; see `Vgg`.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 32 on are taken, too
 * @param options.dropout 0 … 1, default 0.5
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example vgg19({ classes: 10 }).outputShape([1, 3, 64, 64]);   // [1, 10]
 */
export function vgg19(options?: Omit<VggOptions, "depth">): Vgg {
  checkArity("vgg19", arguments.length, 1);
  return new Vgg({ ...VGG_NET.readOptions(options, "vgg19"), depth: 19 });
}
