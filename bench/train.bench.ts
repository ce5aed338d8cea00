import {
  Adam,
  crossEntropy,
  Dense,
  Linear,
  Module,
  manualSeed,
  mse,
  type Optimizer,
  randint,
  randn,
  SGD,
  type Tensor,
  tensor,
} from "../src/index.js";
import type { Row } from "./harness.js";

/** A perceptron 784-512-10 with ReLU. */
class Mlp extends Module {
  readonly hidden = new Linear(784, 512);
  readonly output = new Linear(512, 10);

  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x).relu());
  }
}

/** The same perceptron with the activation as an option of the layer, so that it is fused with the product. */
class FusedMlp extends Module {
  readonly hidden = new Dense(512, { activation: "relu", inputShape: [784] });
  readonly output = new Dense(10, { inputShape: [512] });

  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x));
  }
}

/** A perceptron 2-8-1 with tanh, then sigmoid. */
class Xor extends Module {
  readonly hidden = new Linear(2, 8);
  readonly output = new Linear(8, 1);

  forward(x: Tensor): Tensor {
    return this.output.forward(this.hidden.forward(x).tanh()).sigmoid();
  }
}

/** A training step that also reads its loss: forward, backward, update, loss. */
function step(optimizer: Optimizer, loss: () => Tensor): () => number {
  return () => {
    const value = loss();
    value.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return value.item();
  };
}

const BATCH = 128;
/** Operations of the products in a step: two in the hidden layer, whose input needs no gradient, three in the output layer. */
const MLP_FLOPS = 2 * BATCH * (2 * 784 * 512 + 3 * 512 * 10);

function mlp(make: () => Mlp | FusedMlp): () => number {
  manualSeed(1);
  const model = make();
  const [x, y] = [randn([BATCH, 784]), randint(0, 10, [BATCH])];
  return step(new Adam(model.parameters()), () => crossEntropy(model.forward(x), y));
}

export const rows: Row[] = [
  {
    group: "train",
    name: "mlp, Adam, batch 128",
    flops: MLP_FLOPS,
    setup: () => mlp(() => new Mlp()),
  },
  {
    group: "train",
    name: "mlp of Dense, Adam, batch 128",
    flops: MLP_FLOPS,
    setup: () => mlp(() => new FusedMlp()),
  },
  {
    group: "train",
    name: "xor, SGD, batch 4",
    setup: () => {
      manualSeed(1);
      const model = new Xor();
      const x = tensor([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      const y = tensor([[0], [1], [1], [0]]);
      return step(new SGD(model.parameters(), { learningRate: 0.5 }), () => mse(model.forward(x), y));
    },
  },
];
