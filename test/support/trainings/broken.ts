import {
  Activation,
  BatchNorm1d,
  Conv2d,
  Dense,
  Flatten,
  Linear,
  l1,
  l2,
  MaxPool2d,
  Model,
  Module,
  manualSeed,
  RNN,
  rand,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { digits, halves, moons, plane, shuffled } from "./problems.js";
import type { Make } from "./training.js";

const CLASSES = { loss: "crossEntropy" } as const;
const QUICK = { epochs: 4 } as const;

/** A model whose first layer gets no gradient. */
class Detached extends Model {
  first = new Linear(64, 32);
  second = new Linear(32, 32);
  last = new Linear(32, 10);
  override forward(x: Tensor): Tensor {
    const h = this.first.forward(x).relu().detach();
    return this.last.forward(this.second.forward(h).relu());
  }
}

/** A model with a layer that is computed and not used. */
class Unused extends Model {
  first = new Linear(64, 32);
  side = new Linear(32, 32);
  last = new Linear(32, 10);
  override forward(x: Tensor): Tensor {
    const h = this.first.forward(x).relu();
    this.side.forward(h);
    return this.last.forward(h);
  }
}

/** A batch norm that takes the batch's statistics in evaluation, too. */
class AlwaysTraining extends Module {
  norm = new BatchNorm1d(32);
  override forward(x: Tensor): Tensor {
    this.norm.training = true;
    return this.norm.forward(x);
  }
  override outputShape(shape: readonly number[]): readonly number[] {
    return shape;
  }
}

/** Mixes the samples of a batch by a reshape that was meant to be a transposition. */
class Mixing extends Model {
  first = new Dense(32, { activation: "relu" });
  last = new Dense(10);
  override forward(x: Tensor): Tensor {
    const h = this.first.forward(x);
    return this.last.forward(h.sub(h.mean(0, { keepDims: true })));
  }
}

/** A softmax that the loss does not recognise. */
class OwnSoftmax extends Module {
  override forward(x: Tensor): Tensor {
    const powers = x.sub(x.max(1, { keepDims: true })).exp();
    return powers.div(powers.sum(1, { keepDims: true }));
  }
}

async function ofDigits(layers: Module[], optimizer: object | string = "adam", options: object = QUICK) {
  const model = new Sequential(layers).compile({ optimizer: optimizer as "adam", ...CLASSES });
  return { model, data: await digits(), options };
}

/** What is wrong on purpose, by the name of the finding that must tell it, and what else is allowed to be found. */
export const BROKEN: Readonly<Record<string, { readonly finding: string; readonly make: Make }>> = {
  "ReLUs that are dead from the start": {
    finding: "deadReLU",
    make: () => {
      manualSeed(1);
      const dead = new Dense(64, { activation: "relu", biasInitializer: { name: "constant", value: -6 } as never });
      return ofDigits([dead, new Dense(10)]);
    },
  },
  "ReLUs that one long step killed": {
    finding: "deadReLU",
    make: () => {
      manualSeed(2);
      const hidden = () => new Dense(64, { activation: "relu", weightInitializer: "auto" });
      return ofDigits(
        [hidden(), hidden(), hidden(), new Dense(10)],
        new SGD({ learningRate: (step: number) => (step === 3 ? 60 : 0.01) } as never),
      );
    },
  },
  "ten layers of sigmoids": {
    finding: "vanishingGradients",
    make: () => {
      manualSeed(3);
      return ofDigits([...Array.from({ length: 10 }, () => new Dense(32, { activation: "sigmoid" })), new Dense(10)]);
    },
  },
  "Adam at a hundred times its rate": {
    finding: "rateTooHigh",
    make: () => {
      manualSeed(4);
      return ofDigits([new Dense(64, { activation: "relu" }), new Dense(64, { activation: "relu" }), new Dense(10)], {
        name: "adam",
        learningRate: 0.1 * 3,
      });
    },
  },
  "SGD with momentum at a hundred times its rate": {
    finding: "rateTooHigh",
    make: () => {
      manualSeed(5);
      return ofDigits([new Dense(64, { activation: "relu" }), new Dense(10)], { name: "sgd", learningRate: 5, momentum: 0.9 });
    },
  },
  "a regression at a hundred times its rate": {
    finding: "rateTooHigh",
    make: () => {
      manualSeed(6);
      return {
        model: new Sequential([new Dense(1)]).compile({ optimizer: { name: "sgd", learningRate: 1 }, loss: "mse" }),
        data: plane(),
        options: { epochs: 10 },
      };
    },
  },
  "inputs that are not scaled": {
    finding: "inputScale",
    make: async () => {
      manualSeed(7);
      const { x, y } = await digits();
      const model = new Sequential([new Dense(64, { activation: "relu" }), new Dense(10)]).compile({ optimizer: "adam", ...CLASSES });
      return { model, data: { x: x.mul(255).detach(), y }, options: QUICK };
    },
  },
  "features of scales that differ": {
    finding: "inputScale",
    make: () => {
      manualSeed(8);
      const { x, y } = plane();
      const columns = Float32Array.from({ length: x.size }, (_, i) => x.data[i] * (i % 8 === 3 ? 1000 : 1));
      const model = new Sequential([new Dense(16, { activation: "relu" }), new Dense(1)]).compile({ optimizer: "adam", loss: "mse" });
      return { model, data: { x: tensor(columns, { shape: [256, 8] }), y }, options: { epochs: 10 } };
    },
  },
  "labels that are shuffled": {
    finding: "shuffledLabels",
    make: async () => {
      manualSeed(9);
      const data = shuffled(await digits());
      const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(10)]).compile({ optimizer: "adam", ...CLASSES });
      return { model, data, options: QUICK };
    },
  },
  "labels that are shuffled, and learned by heart": {
    finding: "shuffledLabels",
    make: async () => {
      manualSeed(10);
      const { x, y } = shuffled(await digits());
      const model = new Sequential([new Dense(256, { activation: "relu" }), new Dense(10)]);
      model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, ...CLASSES });
      return { model, data: { x, y }, options: { epochs: 12, validationSplit: 0.2 } };
    },
  },
  "targets that are shuffled": {
    finding: "shuffledLabels",
    make: () => {
      manualSeed(11);
      const { x } = plane();
      const { y } = plane();
      const model = new Sequential([new Dense(8, { activation: "relu" }), new Dense(1)]).compile({ optimizer: "sgd", loss: "mse" });
      return { model, data: { x, y }, options: { epochs: 20 } };
    },
  },
  "a layer that is detached": {
    finding: "noGradient",
    make: async () => {
      manualSeed(12);
      return { model: new Detached().compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: QUICK };
    },
  },
  "a layer whose result is not used": {
    finding: "noGradient",
    make: async () => {
      manualSeed(13);
      return { model: new Unused().compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: QUICK };
    },
  },
  "weights that are all zero": {
    finding: "equalUnits",
    make: () => {
      manualSeed(14);
      const zero = { weightInitializer: "zeros" } as const;
      return ofDigits([new Dense(32, { activation: "relu", ...zero }), new Dense(10, zero)]);
    },
  },
  "weights that are all the same": {
    finding: "equalUnits",
    make: () => {
      manualSeed(15);
      const same = { weightInitializer: { name: "constant", value: 0.05 } } as never;
      return ofDigits([new Dense(32, { activation: "tanh", ...(same as object) }), new Dense(10, same)]);
    },
  },
  "a softmax applied twice": {
    finding: "softmaxTwice",
    make: () => {
      manualSeed(16);
      return ofDigits([new Dense(32, { activation: "relu" }), new Dense(10, { activation: "softmax" }), new Activation("softmax")]);
    },
  },
  "a softmax of one's own in front of the loss": {
    finding: "softmaxTwice",
    make: () => {
      manualSeed(17);
      return ofDigits([new Dense(32, { activation: "relu" }), new Dense(10), new OwnSoftmax()]);
    },
  },
  "a batch norm left in training": {
    finding: "batchDependence",
    make: () => {
      manualSeed(18);
      return ofDigits([new Dense(32), new AlwaysTraining(), new Activation("relu"), new Dense(10)]);
    },
  },
  "samples that are mixed": {
    finding: "batchDependence",
    make: async () => {
      manualSeed(19);
      return { model: new Mixing().compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: QUICK };
    },
  },
  "a recurrence that explodes": {
    finding: "explodingRecurrence",
    make: () => {
      manualSeed(20);
      const weightInitializer = { name: "normal", std: 0.6 } as never;
      const model = new Sequential([new RNN(null, 24, { nonlinearity: "relu", weightInitializer }), new Dense(2)]);
      return { model: model.compile({ optimizer: "adam", ...CLASSES }), data: halves(200, 30), options: QUICK };
    },
  },
  "a recurrence of tanhs that explodes": {
    finding: "explodingRecurrence",
    make: () => {
      manualSeed(21);
      const weightInitializer = { name: "orthogonal", gain: 2.5 } as never;
      const model = new Sequential([new RNN(null, 24, { weightInitializer }), new Dense(2)]);
      return { model: model.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, ...CLASSES }), data: halves(200, 40), options: QUICK };
    },
  },
  "an L2 penalty with Adam": {
    finding: "l2WithAdam",
    make: async () => {
      manualSeed(22);
      const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(10)]);
      return { model: model.compile({ optimizer: "adam", ...CLASSES, penalty: l2(1e-4) }), data: await digits(), options: QUICK };
    },
  },
  "an L1 penalty of a layer with RMSprop": {
    finding: "l2WithAdam",
    make: () => {
      manualSeed(23);
      return ofDigits([new Dense(32, { activation: "relu", weightPenalty: l1(1e-5) }), new Dense(10)], "rmsprop");
    },
  },
  "Adam's own weight decay": {
    finding: "l2WithAdam",
    make: () => {
      manualSeed(24);
      return ofDigits([new Dense(32, { activation: "relu" }), new Dense(10)], { name: "adam", weightDecay: 1e-4 });
    },
  },
  "labels that are all the same": {
    finding: "constantLabels",
    make: async () => {
      manualSeed(25);
      const { x, y } = await digits();
      const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(10)]).compile({ optimizer: "adam", ...CLASSES });
      return { model, data: { x, y: y.mul(0).cast("int32") }, options: QUICK };
    },
  },
  "a class without samples": {
    finding: "missingClass",
    make: async () => {
      manualSeed(26);
      return ofDigits([new Dense(32, { activation: "relu" }), new Dense(11)]);
    },
  },
  "two linear layers with nothing between": {
    finding: "linearLayers",
    make: () => {
      manualSeed(27);
      return ofDigits([new Dense(64), new Dense(32, { activation: "relu" }), new Dense(10)]);
    },
  },
  "a convolution behind a convolution": {
    finding: "linearLayers",
    make: async () => {
      manualSeed(28);
      const layers = [
        new Conv2d(1, 16, 3, { padding: 1 }),
        new Conv2d(16, 16, 3, { padding: 1, activation: "relu" }),
        new MaxPool2d(4),
        new Flatten(),
      ];
      const model = new Sequential([...layers, new Dense(10)]).compile({ optimizer: "adam", ...CLASSES });
      return { model, data: await digits(true), options: { epochs: 1 } };
    },
  },
  "tanhs that are saturated": {
    finding: "saturated",
    make: () => {
      manualSeed(29);
      const large = { activation: "tanh", weightInitializer: { name: "normal", std: 2 } } as never;
      return ofDigits([new Dense(64, large), new Dense(64, large), new Dense(10)]);
    },
  },
  "weights that are too large in all layers": {
    finding: "explodingGradients",
    make: () => {
      manualSeed(30);
      const large = { activation: "relu", weightInitializer: { name: "normal", std: 1 } } as never;
      return ofDigits([...Array.from({ length: 6 }, () => new Dense(64, large)), new Dense(10)], { name: "sgd", learningRate: 1e-9 });
    },
  },
  "a last layer that is too sure": {
    finding: "startLoss",
    make: () => {
      manualSeed(31);
      return ofDigits([new Dense(64, { activation: "relu" }), new Dense(10, { weightInitializer: { name: "normal", std: 3 } as never })]);
    },
  },
  "targets far from 0": {
    finding: "startLoss",
    make: () => {
      manualSeed(32);
      const { x, y } = plane();
      const model = new Sequential([
        new Dense(16, { activation: "relu", weightInitializer: { name: "normal", std: 3 } as never }),
        new Dense(1, { weightInitializer: { name: "normal", std: 3 } as never }),
      ]);
      return { model: model.compile({ optimizer: "adam", loss: "mse" }), data: { x, y }, options: { epochs: 10 } };
    },
  },
  "a model that learns its samples by heart": {
    finding: "overfit",
    make: async () => {
      manualSeed(33);
      const { x, y } = moons(120);
      const noise = rand([120]).data;
      const flipped = tensor(
        y.data.map((label, i) => (noise[i] < 0.2 ? 1 - label : label)),
        { dtype: "int32" },
      );
      const model = new Sequential([new Dense(128, { activation: "relu" }), new Dense(128, { activation: "relu" }), new Dense(2)]);
      model.compile({ optimizer: { name: "adam", learningRate: 1e-2 }, ...CLASSES });
      return { model, data: { x, y: flipped }, options: { epochs: 120, batchSize: 20, validationSplit: 0.5 } };
    },
  },
  "a rate that is too low": {
    finding: "rateTooLow",
    make: () => {
      manualSeed(34);
      return ofDigits([new Dense(64, { activation: "relu" }), new Dense(10)], { name: "adam", learningRate: 1e-6 });
    },
  },
};
