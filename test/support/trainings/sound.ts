import { tokenCrossEntropy } from "../../../src/data.js";
import {
  AdamW,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  cosineDecay,
  Dense,
  Dropout,
  EarlyStopping,
  Embedding,
  Flatten,
  GlobalAvgPool2d,
  GRU,
  input,
  LayerNorm,
  Linear,
  LSTM,
  l2,
  linearWarmup,
  MaxPool2d,
  Model,
  manualSeed,
  oneCycle,
  ReduceLROnPlateau,
  ReLU,
  RMSprop,
  RNN,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { autoencoder, cifarResNet, convAutoencoder, gpt, transformerClassifier } from "../../../src/models.js";
import { counting, curve, digits, halves, moons, plane, words } from "./problems.js";
import type { Make } from "./training.js";

const CLASSES = { loss: "crossEntropy", metrics: ["accuracy"] } as const;

/** x + inner(x), where x comes from a linear layer: no single layer could do the same. */
class SkipBlock extends Model {
  readonly first = new Linear(64, 48);
  readonly inner = new Sequential([new Linear(48, 48), new ReLU(), new Linear(48, 48)]);
  readonly last = new Linear(48, 10);

  override forward(x: Tensor): Tensor {
    const h = this.first.forward(x);
    return this.last.forward(h.add(this.inner.forward(h)).relu());
  }
}

/** Sound trainings: in none is there anything to find. */
export const SOUND: Readonly<Record<string, Make>> = {
  "an MLP with Adam": async () => {
    manualSeed(1);
    const model = new Sequential([new Dense(64, { activation: "relu" }), new Dense(10)]);
    return { model: model.compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: { epochs: 6, validationSplit: 0.2 } };
  },
  "a wide MLP of He's initial values with Adam, seed 2": async () => {
    manualSeed(2);
    const model = new Sequential([new Dense(256, { activation: "relu", weightInitializer: "auto" }), new Dense(10)]);
    return { model: model.compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: { epochs: 4, batchSize: 64 } };
  },
  "an MLP with Nesterov's momentum and cosine decay": async () => {
    manualSeed(3);
    const model = new Sequential([new Dense(64, { activation: "relu" }), new Dense(32, { activation: "relu" }), new Dense(10)]);
    const learningRate = cosineDecay(0.05, { steps: 270 });
    const optimizer = new SGD({ learningRate, momentum: 0.9, nesterov: true });
    return { model: model.compile({ optimizer, ...CLASSES }), data: await digits(), options: { epochs: 6 } };
  },
  "an MLP of tanhs with RMSprop": async () => {
    manualSeed(4);
    const model = new Sequential([new Dense(48, { activation: "tanh" }), new Dense(24, { activation: "tanh" }), new Dense(10)]);
    return { model: model.compile({ optimizer: new RMSprop(), ...CLASSES }), data: await digits(), options: { epochs: 6 } };
  },
  "an MLP of one layer of sigmoids": async () => {
    manualSeed(5);
    const model = new Sequential([new Dense(64, { activation: "sigmoid" }), new Dense(10)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, ...CLASSES }),
      data: await digits(),
      options: { epochs: 6 },
    };
  },
  "a deep MLP of swishes with AdamW and warm-up": async () => {
    manualSeed(6);
    const hidden = Array.from({ length: 6 }, () => new Dense(48, { activation: "swish", weightInitializer: "auto" }));
    const optimizer = new AdamW({ learningRate: linearWarmup(cosineDecay(3e-3, { steps: 240 }), { steps: 30 }), weightDecay: 0.01 });
    return {
      model: new Sequential([...hidden, new Dense(10)]).compile({ optimizer, ...CLASSES }),
      data: await digits(),
      options: { epochs: 6 },
    };
  },
  "an MLP with batch norm and dropout, Nadam": async () => {
    manualSeed(7);
    const model = new Sequential([
      new Dense(64, { bias: false }),
      new BatchNorm1d(64),
      new Dense(64, { activation: "relu" }),
      new Dropout(0.3),
      new Dense(10),
    ]);
    return { model: model.compile({ optimizer: "nadam", ...CLASSES }), data: await digits(), options: { epochs: 6, validationSplit: 0.2 } };
  },
  "a network of convolutions with 1cycle": async () => {
    manualSeed(8);
    const model = new Sequential([
      new Conv2d(1, 8, 3, { padding: 1, activation: "relu" }),
      new MaxPool2d(2),
      new Conv2d(8, 16, 3, { padding: 1, activation: "relu" }),
      new Flatten(),
      new Dense(10),
    ]);
    const optimizer = new SGD({ learningRate: oneCycle(0.1, { steps: 135 }), momentum: 0.9 });
    return { model: model.compile({ optimizer, ...CLASSES }), data: await digits(true), options: { epochs: 3 } };
  },
  "convolutions with batch norm and global pooling": async () => {
    manualSeed(9);
    const block = (from: number, to: number) => [
      new Conv2d(from, to, 3, { padding: 1, bias: false }),
      new BatchNorm2d(to, { activation: "relu" }),
    ];
    const model = new Sequential([...block(1, 12), ...block(12, 24), new GlobalAvgPool2d(), new Dense(10)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, ...CLASSES }),
      data: await digits(true),
      options: { epochs: 3 },
    };
  },
  "a small ResNet-8 of images": async () => {
    manualSeed(10);
    const { x, y } = await digits(true);
    const model = cifarResNet(8, { width: 8, inputShape: [1, 8, 8] });
    const optimizer = new SGD({ learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 });
    return { model: model.compile({ optimizer, ...CLASSES }), data: { x, y }, options: { epochs: 2, batchSize: 64 } };
  },
  "a classifier of half moons": () => {
    manualSeed(11);
    const model = new Sequential([new Dense(16, { activation: "tanh" }), new Dense(16, { activation: "tanh" }), new Dense(2)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 0.01 }, ...CLASSES }),
      data: moons(),
      options: { epochs: 30 },
    };
  },
  "a binary classifier that ends in a sigmoid": () => {
    manualSeed(12);
    const { x, y } = moons();
    const model = new Sequential([new Dense(16, { activation: "relu" }), new Dense(1, { activation: "sigmoid" })]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.01 }, loss: "binaryCrossEntropy", metrics: ["accuracy"] });
    return { model, data: { x, y: y.cast("float32") }, options: { epochs: 30 } };
  },
  "a classifier that ends in a softmax": async () => {
    manualSeed(13);
    const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(10, { activation: "softmax" })]);
    return { model: model.compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: { epochs: 6 } };
  },
  "softmax regression with an L2 penalty and SGD": async () => {
    manualSeed(14);
    const model = new Sequential([new Dense(10)]);
    model.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, ...CLASSES, penalty: l2(1e-4) });
    return { model, data: await digits(), options: { epochs: 5 } };
  },
  "linear regression with SGD": () => {
    manualSeed(15);
    return { model: new Sequential([new Dense(1)]).compile({ optimizer: "sgd", loss: "mse" }), data: plane(), options: { epochs: 20 } };
  },
  "an MLP that fits a curve": () => {
    manualSeed(16);
    const model = new Sequential([new Dense(32, { activation: "tanh" }), new Dense(32, { activation: "tanh" }), new Dense(1)]);
    model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, loss: "mse", metrics: ["mae"] });
    return { model, data: curve(), options: { epochs: 40, validationSplit: 0.2, callbacks: [new ReduceLROnPlateau({ patience: 5 })] } };
  },
  "a regression with Huber's loss": () => {
    manualSeed(17);
    const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(1)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "huber" }),
      data: plane(),
      options: { epochs: 20 },
    };
  },
  "an autoencoder": async () => {
    manualSeed(18);
    const { x } = await digits();
    const model = autoencoder({ inputShape: [64], hidden: [48], code: 12 });
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 2e-3 }, loss: "mse" }),
      data: { x, y: x },
      options: { epochs: 6 },
    };
  },
  "an autoencoder of convolutions": async () => {
    manualSeed(19);
    const { x } = await digits(true);
    const model = convAutoencoder({ inputShape: [1, 8, 8], channels: [8, 16] });
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "mse" }),
      data: { x, y: x },
      options: { epochs: 2 },
    };
  },
  "a plain recurrent network": () => {
    manualSeed(20);
    const model = new Sequential([new RNN(null, 24), new Dense(2)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 5e-3 }, ...CLASSES }),
      data: halves(),
      options: { epochs: 15 },
    };
  },
  "an LSTM": () => {
    manualSeed(21);
    const model = new Sequential([new LSTM(null, 24), new Dense(2)]);
    const optimizer = { name: "adam", learningRate: 1e-2, globalClipNorm: 1 } as const;
    return { model: model.compile({ optimizer, ...CLASSES }), data: halves(), options: { epochs: 10 } };
  },
  "a GRU": () => {
    manualSeed(22);
    const model = new Sequential([new GRU(null, 24), new Dense(2)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 1e-2 }, ...CLASSES }),
      data: halves(),
      options: { epochs: 10 },
    };
  },
  "an LSTM over words that tells the next": () => {
    manualSeed(23);
    const model = new Sequential([new Embedding(16, 16), new LSTM(16, 32, { returnSequences: true }), new Dense(16)]);
    const compiled = model.compile({ optimizer: { name: "adam", learningRate: 1e-2 }, loss: tokenCrossEntropy });
    return { model: compiled, data: counting(), options: { epochs: 12 } };
  },
  "a Transformer that classifies": () => {
    manualSeed(24);
    const model = transformerClassifier({ vocabulary: 12, classes: 3, context: 10, embedding: 24, heads: 2, layers: 2, dropout: 0 });
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, ...CLASSES }),
      data: words(),
      options: { epochs: 12 },
    };
  },
  "a small GPT": () => {
    manualSeed(25);
    const model = gpt({ vocabulary: 16, context: 12, embedding: 24, heads: 2, layers: 2, dropout: 0 });
    const optimizer = new AdamW({ learningRate: 3e-3 });
    return { model: model.compile({ optimizer, loss: tokenCrossEntropy }), data: counting(), options: { epochs: 12 } };
  },
  "layer norm between the layers": async () => {
    manualSeed(26);
    const block = () => [new Dense(48), new LayerNorm(48), new Dense(48, { activation: "gelu" })];
    const model = new Sequential([...block(), ...block(), new Dense(10)]);
    return {
      model: model.compile({ optimizer: new AdamW({ learningRate: 2e-3 }), ...CLASSES }),
      data: await digits(),
      options: { epochs: 5 },
    };
  },
  "two outputs of one trunk": async () => {
    manualSeed(27);
    const { x, y } = await digits();
    const picture = input([64]);
    const trunk = new Dense(48, { activation: "relu" }).forward(picture);
    const model = new Model({ inputs: picture, outputs: { digit: new Dense(10).forward(trunk), odd: new Dense(2).forward(trunk) } });
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const odd = tensor(
      y.data.map((label) => label % 2),
      { dtype: "int32" },
    );
    return { model, data: { x, y: [y, odd] }, options: { epochs: 5 } };
  },
  "the last layer of a frozen network": async () => {
    manualSeed(28);
    const frozen = new Dense(64, { activation: "relu", inputShape: [64] });
    frozen.freeze();
    const model = new Sequential([frozen, new Dense(10)]);
    return {
      model: model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, ...CLASSES }),
      data: await digits(),
      options: { epochs: 6 },
    };
  },
  "a training that stops early": async () => {
    manualSeed(29);
    const model = new Sequential([new Dense(64, { activation: "relu" }), new Dropout(0.2), new Dense(10)]);
    model.compile({ optimizer: { name: "adam", learningRate: 2e-3 }, ...CLASSES });
    return { model, data: await digits(), options: { epochs: 15, validationSplit: 0.2, callbacks: [new EarlyStopping({ patience: 2 })] } };
  },
  "a block with a skip behind a linear layer": async () => {
    manualSeed(30);
    return { model: new SkipBlock().compile({ optimizer: "adam", ...CLASSES }), data: await digits(), options: { epochs: 6 } };
  },
};
