import { describe, expect, test } from "vitest";
import { Dense, DivergedError, EarlyStopping, Linear, Model, Sequential, SGD, type Tensor, tensor } from "../../src/index.js";
import { bits, blobs, rejection } from "../support/toy.js";

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

  test("of finite outputs: the loss itself is to be looked at, unless it overflows", async () => {
    const outcome = (loss: (p: Tensor) => Tensor) => {
      const model = new Sequential([new Dense(1, { inputShape: [1] })]).compile({ optimizer: "sgd", loss });
      return rejection(model.fit({ x: [[0]], y: [[0]] }, { verbose: 0 }));
    };
    expect(await outcome((p) => p.log().sum())).toBe(
      "DIVERGED fit: the loss became -Infinity at epoch 1, batch 1, although all outputs of the model are finite. Look for a logarithm, a root or a quotient in the loss that may be taken at 0 or below; a lower learningRate does not help.",
    );
    const steep = new Sequential([new Dense(1, { inputShape: [1] })]).compile({ optimizer: "sgd", loss: "mse" });
    steep.parameters()[1].storage.write([1e30], "test");
    expect(await rejection(steep.fit({ x: [[0]], y: [[0]] }, { verbose: 0 }))).toBe(
      "DIVERGED fit: the loss became Infinity at epoch 1, batch 1. Lower learningRate (now 0.01) or set globalClipNorm.",
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

describe("a gradient that is not finite, of a loss that is", () => {
  const root = (p: Tensor, y: Tensor): Tensor => p.sub(y).pow(2).sum().sqrt();
  /** Weight 2, bias 0, so that the loss of x = 1, y = 2 is 0. */
  const line = (optimizer: object, loss: (p: Tensor, y: Tensor) => Tensor = root): Sequential => {
    const model = new Sequential([new Dense(1, { inputShape: [1] })]).compile({ optimizer: optimizer as never, loss });
    model.parameters()[0].storage.write([2], "test");
    return model;
  };
  const one = { x: [[1]], y: [[2]] };

  test("names parameter, epoch, batch, operation and place; the advice is not to slow down", async () => {
    expect(await rejection(line({ name: "sgd" }).fit(one, { verbose: 0 }))).toBe(
      'DIVERGED fit: the gradient of 0.weight became NaN at epoch 1, batch 1, although the loss is finite; "sqrt" has no finite derivative at 0. Keep its operand away from 0, for example with add(1e-12) or clamp; a lower learningRate does not help.',
    );
  });

  test("one that overflows is answered with a lower rate", async () => {
    const model = line({ name: "sgd" }, (p) => p.mul(1e20).sum());
    model.parameters()[0].storage.write([0], "test");
    expect(await rejection(model.fit({ x: [[1e20]], y: [[0]] }, { verbose: 0 }))).toBe(
      'DIVERGED fit: the gradient of 0.weight became Infinity at epoch 1, batch 1, although the loss is finite; the gradient of "linear" overflows. Lower learningRate (now 0.01) or set globalClipNorm.',
    );
  });

  test.each([false, true])(
    "captured: %s; parameters, moments and steps are as before the step, and training goes on",
    async (capturable) => {
      const model = line(
        { name: "adam", learningRate: 0 },
        Object.assign((p: Tensor, y: Tensor) => root(p, y), { capturable }),
      );
      const y = [[1], [3], [1], [5], [1], [3], [2], [1]];
      const x = y.map(() => [1]);
      const seen: unknown[] = [];
      const state = () => {
        const { stepCount, parameters } = model.optimizer.stateDict();
        return [bits(model), stepCount, parameters.map(({ steps, states }) => [steps, Object.values(states).map(({ data }) => [...data])])];
      };
      const callbacks = [{ onBatchEnd: () => void seen.push(state()) }];
      const text = await rejection(model.fit({ x, y }, { batchSize: 1, shuffle: false, callbacks, verbose: 0 }));
      expect(text).toContain("of 0.weight became NaN at epoch 1, batch 7, although");
      expect(model.captureStatus?.replays).toBe(capturable ? 4 : 0);
      expect([seen.length, state()]).toEqual([6, seen[5]]);
      expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null]);
      await model.fit({ x, y: x }, { batchSize: 8, verbose: 0 });
      expect(model.optimizer.stepCount).toBe(7);
    },
  );

  test("EarlyStopping restores the best epoch before it", async () => {
    const model = line({ name: "sgd", learningRate: 0.25 });
    const best = new EarlyStopping({ monitor: "loss" });
    // |w + b − y|, learning rate 1/4: the sum w + b goes from 2 to 2.5 and to 3.
    const text = await rejection(model.fit({ x: [[1]], y: [[3]] }, { epochs: 5, callbacks: [best], verbose: 0 }));
    expect(text).toContain("became NaN at epoch 3, batch 1");
    expect(best.bestEpoch).toBe(1);
    expect(model.parameters().map(({ data }) => data[0])).toEqual([2.5, 0.5]);
  });
});
