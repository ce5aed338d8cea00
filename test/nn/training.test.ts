import { expect, test } from "vitest";
import { manualSeed, memory, randint, randn, type Tensor } from "../../src/index.js";
import { crossEntropy, Dense, Dropout, Embedding, Linear, Module } from "../../src/nn/index.js";

class Net extends Module {
  table = new Embedding(10, 6, { paddingIndex: 0 });
  body = new Dense(16, { activation: "relu", weightInitializer: "auto" });
  drop = new Dropout(0.2);
  head = new Linear(16, 3);
  forward(x: Tensor): Tensor {
    return this.head.forward(this.drop.forward(this.body.forward(this.table.forward(x).flatten(1))));
  }
}

/** Steps of plain gradient descent on fixed data; their losses. */
function train(net: Net, steps: number, beside: () => void = () => {}): number[] {
  manualSeed(3);
  const x = randint(0, 10, [20, 4]);
  const y = randint(0, 3, [20]);
  return Array.from({ length: steps }, () => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    for (const parameter of net.parameters()) parameter.addScaled(parameter.grad as Tensor, -0.3);
    net.zeroGrad();
    beside();
    return loss.item();
  });
}

const made = (): Net => {
  manualSeed(3);
  return new Net();
};

test("a model learns, and takes no new memory after its second step", () => {
  const taken: object[] = [];
  const losses = train(made(), 60, () => taken.push(statistics()));
  expect(losses[59]).toBeLessThan(losses[0] / 3);
  expect(taken[59]).toEqual(taken[1]);
});

test("another model training beside it changes no bit", () => {
  const alone = train(made(), 8);
  const net = made();
  const other = new Net();
  const beside = (): void => {
    crossEntropy(other.forward(randint(0, 10, [5, 4])), randint(0, 3, [5])).backward();
    randn([3]);
  };
  expect(train(net, 8, beside)).toEqual(alone);
});

function statistics(): { reservedBytes: number; liveBytes: number } {
  const { reservedBytes, liveBytes } = memory();
  return { reservedBytes, liveBytes };
}
