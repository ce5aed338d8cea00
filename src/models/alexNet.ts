import { Sequential } from "../model/sequential.js";
import { Activation, AdaptiveAvgPool2d, Conv2d, Dropout, Flatten, Linear, MaxPool2d } from "../nn/index.js";
import { sampleShape } from "../nn/options.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { asTwo } from "./asTwo.js";
import { Network } from "./network.js";

const ALEX_NET = declare("AlexNet", {
  /** Probability of dropping in front of the first two of the last layers, 0 … 1. Default 0.5. */
  dropout: number({ default: 0.5, min: 0, max: 1 }),
  /** Classes that are told apart. Default 1000. */
  classes: count({ default: 1000, aka: ["numClasses"] }),
  /** Extents of one sample, channels first. Images of other extents are taken, too. Default [3, 224, 224]. */
  inputShape: sampleShape({ default: [3, 224, 224], aka: ["inChannels"] }),
});

/** Options of `alexNet`. */
export interface AlexNetOptions extends OptionsOf<typeof ALEX_NET> {}

/** The model that `alexNet` makes. @example new AlexNet({ classes: 10 }).outputShape([1, 3, 224, 224]);   // [1, 10] */
export class AlexNet extends Network<typeof ALEX_NET> {
  static override readonly type = "AlexNet";
  static override readonly capturable = true;
  static override readonly declaration = ALEX_NET;
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(6);
  readonly flatten = new Flatten();
  readonly classifier: Sequential;

  constructor(options?: AlexNetOptions) {
    super(arguments.length, options);
    const { dropout, classes, inputShape } = this.settings;
    const pool = () => new MaxPool2d(3, { stride: 2 });
    this.features = new Sequential([
      ...asTwo(new Conv2d(inputShape[0], 64, 11, { stride: 4, padding: 2, activation: "relu", inputShape })),
      pool(),
      ...asTwo(new Conv2d(64, 192, 5, { padding: 2, activation: "relu" })),
      pool(),
      ...asTwo(new Conv2d(192, 384, 3, { padding: 1, activation: "relu" })),
      ...asTwo(new Conv2d(384, 256, 3, { padding: 1, activation: "relu" })),
      ...asTwo(new Conv2d(256, 256, 3, { padding: 1, activation: "relu" })),
      pool(),
    ]);
    this.classifier = new Sequential([
      ...[new Dropout(dropout), new Linear(256 * 6 * 6, 4096), new Activation("relu")],
      ...[new Dropout(dropout), new Linear(4096, 4096), new Activation("relu")],
      new Linear(4096, classes),
    ]);
  }
}

/**
 * AlexNet as torchvision has it, with its names, so that a file of its weights loads with no map: 61,100,840 parameters. Krizhevsky,
 * arXiv 1404.5997, 2014: one column instead of the two of 2012, without the normalisation of neighbours.
 * Shape:     [n, 3, 224, 224] → logits [n, classes]; other extents from 63 on are taken, too
 * @param options.dropout 0 … 1, default 0.5
 * @param options.classes default 1000
 * @param options.inputShape default [3, 224, 224]
 * @throws ArgumentError for an unknown option or value
 * @example alexNet({ classes: 10 }).outputShape([1, 3, 64, 64]);   // [1, 10]
 */
export function alexNet(options?: AlexNetOptions): AlexNet {
  checkArity("alexNet", arguments.length, 1);
  return new AlexNet(options);
}
