import { describe, expect, test } from "vitest";
import { Dense, DivergedError, Linear, Model, Sequential, SGD, type Tensor, tensor } from "../../src/index.js";
import { blobs, rejection } from "../support/toy.js";

const net = (learningRate: number): Sequential =>
  new Sequential([new Dense(8, { activation: "relu", inputShape: [4] }), new Dense(3)]).compile({
    optimizer: new SGD({ learningRate }),
    loss: "crossEntropy",
  });

/** Divides by what it makes of zeros. */
class Broken extends Model {
  first = new Linear(4, 4);
  second = new Linear(4, 3);
  override forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x).div(0));
  }
}

describe("a loss that is not finite", () => {
  test("names epoch, batch, place and learning rate", async () => {
    const model = net(1e30);
    expect(await rejection(model.fit(blobs(16), { batchSize: 8, shuffle: false, verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became NaN at epoch 1, batch 2; first non-finite value in 1 (Dense). Lower learningRate (now 1e+30) or set globalClipNorm.",
    );
  });

  test("names a layer, and a parameter", async () => {
    const broken = new Broken();
    broken.compile({ optimizer: "adam", loss: "crossEntropy" });
    expect(await rejection(broken.fit(blobs(8), { verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became NaN at epoch 1, batch 1; first non-finite value in second (Linear). Lower learningRate (now 0.001) or set globalClipNorm.",
    );
    const model = net(0.1);
    const [, bias] = model.parameters();
    bias.storage.write(new Float32Array(8).fill(Number.NaN), "test");
    expect(await rejection(model.fit(blobs(8), { verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became NaN at epoch 1, batch 1; first non-finite value in parameter 0.bias. Lower learningRate (now 0.1) or set globalClipNorm.",
    );
  });

  test("names the data, where no learning rate helps", async () => {
    const x = tensor([[1, 2, Number.NaN, 4]]);
    const y = tensor([0]);
    expect(await rejection(net(0.1).fit({ x, y }, { verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became NaN at epoch 1, batch 1; the data have values that are not finite: x. Mend the data.",
    );
    const regression = new Sequential([new Dense(1, { inputShape: [1] })]).compile({ optimizer: "sgd", loss: "mse" });
    expect(await rejection(regression.fit({ x: [[1]], y: [[Number.POSITIVE_INFINITY]] }, { verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became Infinity at epoch 1, batch 1; the data have values that are not finite: y. Mend the data.",
    );
  });

  test("changes no parameter, and the model can go on", async () => {
    const model = net(1e30);
    const error = await model.fit(blobs(16), { batchSize: 8, verbose: 0, epochs: 3 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(DivergedError);
    expect(model.optimizer.stepCount).toBe(1);
    expect(model.history?.epoch).toEqual([]);
    expect(model.training).toBe(true);
  });
});
