import { describe, expect, it } from "vitest";
import { Adam, capture, Embedding, Parameter, type Tensor, tensor } from "../../src/index.js";
import { SparseAdam } from "../../src/optim/index.js";
import { disposedOf } from "../support/optimizers.js";

const BATCHES = [[0, 2, 2], [2, 3], [0, 0], [1, 3]]; // biome-ignore format: a table

function embedding(): Embedding {
  const made = new Embedding(4, 2);
  made.weight.assign(tensor([[1, 2], [3, 4], [5, 6], [7, 8]])); // biome-ignore format: a table
  return made;
}

function learn(made: Embedding, optimizer: { step(): void; zeroGrad(): void }, batches: number[][]): void {
  for (const batch of batches) {
    made
      .forward(tensor(batch, { dtype: "int32" }))
      .square()
      .sum()
      .backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
}

describe("SparseAdam", () => {
  it("is PyTorch's over an embedding with sparse gradients", () => {
    const made = embedding();
    learn(made, disposedOf(new SparseAdam(made.parameters(), { learningRate: 0.1 })), BATCHES);
    const expected = [0.8162266, 1.8166839, 2.9418871, 3.9418871, 4.8070788, 5.8070288, 6.8475146, 7.8475118];
    for (const [i, x] of expected.entries()) expect(Math.abs(made.weight.data[i] - x)).toBeLessThan(2e-6);
  });

  it("leaves rows without a gradient alone, with their moments, where Adam moves them on", () => {
    const row = (of: Embedding) => [...of.weight.data.slice(0, 2)];
    const [once, sparse, full] = [embedding(), embedding(), embedding()];
    learn(once, disposedOf(new SparseAdam(once.parameters())), [[0]]);
    learn(sparse, disposedOf(new SparseAdam(sparse.parameters())), [[0], [1], [3]]);
    learn(full, disposedOf(new Adam(full.parameters())), [[0], [1], [3]]);
    expect(row(sparse)).toEqual(row(once));
    expect(row(full)[0]).toBeLessThan(row(once)[0] - 1e-3);
  });

  it("can be captured, with other rows in every batch", () => {
    const run = (captured: boolean): number[] => {
      const made = embedding();
      const optimizer = disposedOf(new SparseAdam(made.parameters(), { learningRate: 0.1 }));
      const step = (ids: Tensor) => {
        made.forward(ids).square().sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      };
      const advance = captured ? capture(step) : step;
      for (let t = 0; t < 8; t++) advance(tensor([t % 4, (t + 1) % 4], { dtype: "int32" }));
      if (captured) expect((advance as ReturnType<typeof capture>).status().replays).toBeGreaterThan(0);
      return [...made.weight.data];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("takes the elements of a vector as rows, and does not hide a NaN", () => {
    const x = new Parameter(tensor([1, 2, 3]));
    x.grad = tensor([0, 1, Number.NaN]);
    disposedOf(new SparseAdam([x], { learningRate: 0.5 })).step();
    expect([...x.data]).toEqual([1, expect.closeTo(1.5, 6), Number.NaN]);
  });
});
