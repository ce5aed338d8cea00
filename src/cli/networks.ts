import type { Model } from "../model/model.js";
import { Sequential } from "../model/sequential.js";
import { cifarResNet } from "../models/cifarResNet.js";
import { lenet5 } from "../models/lenet.js";
import type { ActivationSpec } from "../nn/activations.js";
import { Conv2d } from "../nn/layers/conv.js";
import { Dense } from "../nn/layers/dense.js";
import { Dropout } from "../nn/layers/dropout.js";
import { Flatten } from "../nn/layers/flatten.js";
import { MaxPool2d } from "../nn/layers/maxPool.js";
import type { Module } from "../nn/module.js";
import type { ImageSet, ImageSetName } from "./datasets.js";
import type { OptimizerSettings } from "./values.js";

/** The settings of a training for options that are not given. */
export interface Defaults {
  readonly epochs: number;
  readonly batch: number;
  /** Name and options of the optimizer; an option `--learning-rate` goes before its rate. */
  readonly optimizer: OptimizerSettings;
}

/** The optimizer that options choose: its name, and options of it. */
export function optimizerOf(
  { optimizer, learningRate, weightDecay }: { optimizer?: string | OptimizerSettings; learningRate?: number; weightDecay?: number },
  usual: Defaults["optimizer"],
): Defaults["optimizer"] {
  return {
    ...(typeof optimizer === "string" ? { name: optimizer } : (optimizer ?? usual)),
    ...(learningRate !== undefined && { learningRate }),
    ...(weightDecay !== undefined && { weightDecay }),
  };
}

/** What only a multilayer perceptron is told. */
export interface Widths {
  readonly hidden?: readonly number[];
  readonly activation?: string;
  readonly dropout?: number;
}

/** A classifier of images by its name on the command line. */
export interface Network {
  /** What it is, for --help. */
  readonly about: string;
  /** The side of the smallest images that it takes. */
  readonly least: number;
  /** Whether it takes rows of pixels [n, pixels] instead of images. */
  readonly rows?: true;
  build(set: ImageSet, widths: Widths): Model;
  defaults(set: ImageSet): Defaults;
}

/** Hidden layers and dropout of the perceptron by data set. */
const PERCEPTRONS: Record<ImageSetName, { hidden: readonly number[]; dropout: number }> = {
  digits: { hidden: [256, 128], dropout: 0.3 },
  mnist: { hidden: [512], dropout: 0.2 },
  "fashion-mnist": { hidden: [512], dropout: 0.2 },
  cifar10: { hidden: [512], dropout: 0.2 },
};

/** The settings of the perceptron, defaults filled in. */
export function widthsFor({ name }: ImageSet, { hidden, activation, dropout }: Widths): Required<Widths> {
  const usual = PERCEPTRONS[name as ImageSetName] ?? PERCEPTRONS.cifar10;
  return { hidden: hidden ?? usual.hidden, activation: activation ?? "relu", dropout: dropout ?? usual.dropout };
}

const adam = { name: "adam" };

/** The networks by their names on the command line. */
export const NETWORKS = {
  mlp: {
    about: "fully connected layers, see --hidden, --activation, --dropout",
    least: 1,
    rows: true,
    build: (set, given) => {
      const { shape, classes } = set;
      const { hidden, activation, dropout } = widthsFor(set, given);
      const widths = [shape[0] * shape[1] * shape[2], ...hidden];
      const layers = hidden.flatMap((units, i): Module[] => {
        const dense = new Dense(units, { activation: activation as ActivationSpec, inputShape: [widths[i]] });
        return dropout > 0 ? [dense, new Dropout(dropout)] : [dense];
      });
      return new Sequential([...layers, new Dense(classes, { inputShape: [widths[hidden.length]] })]);
    },
    defaults: ({ name }) => (name === "digits" ? { epochs: 40, batch: 32, optimizer: adam } : { epochs: 5, batch: 128, optimizer: adam }),
  },
  convnet: {
    about: "two convolutions of 3 × 3 with pooling and dropout",
    least: 4,
    build: ({ shape, classes }) =>
      new Sequential([
        new Conv2d(shape[0], 32, 3, { padding: 1, activation: "relu", inputShape: shape }),
        new MaxPool2d(2),
        new Conv2d(32, 64, 3, { padding: 1, activation: "relu" }),
        new MaxPool2d(2),
        new Flatten(),
        new Dropout(0.25),
        new Dense(128, { activation: "relu" }),
        new Dropout(0.5),
        new Dense(classes),
      ]),
    defaults: () => ({ epochs: 10, batch: 64, optimizer: adam }),
  },
  lenet: {
    about: "LeNet-5 with relu and maximum pooling",
    least: 12,
    build: ({ shape, classes }) => lenet5({ classes, inputShape: [...shape] }),
    defaults: () => ({ epochs: 5, batch: 64, optimizer: adam }),
  },
  resnet20: residual(20),
  resnet32: residual(32),
  resnet56: residual(56),
  resnet110: residual(110),
} satisfies Record<string, Network> as Record<NetworkName, Network>;

export type NetworkName = "mlp" | "convnet" | "lenet" | "resnet20" | "resnet32" | "resnet56" | "resnet110";

function residual(depth: number): Network {
  return {
    about: `CIFAR's residual net of ${depth} layers`,
    least: 4,
    build: ({ shape, classes }) => cifarResNet(depth, { classes, inputShape: [...shape] }),
    defaults: () => ({
      epochs: 30,
      batch: 64,
      optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    }),
  };
}
