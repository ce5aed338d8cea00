import { expect, test } from "vitest";
import { Adam, concat, crossEntropy, Embedding, Linear, Module, manualSeed, type Tensor, tensor, zeros } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

/** A recurrent cell as in "NLP from scratch: classifying names with a character-level RNN". */
class RNN extends Module {
  embedding = new Embedding(5, 6);
  i2h = new Linear(6 + 16, 16);
  h2o = new Linear(16, 5);
  forward(character: Tensor, hidden: Tensor): [Tensor, Tensor] {
    const next = this.i2h.forward(concat([this.embedding.forward(character), hidden], 1)).tanh();
    return [this.h2o.forward(next), next];
  }
}

/** Word language model of PyTorch's examples: truncated backprop, the hidden state is detached between pieces and goes on. */
test("recurrence: backprop through pieces of a sequence, the hidden state detached between them", () => {
  manualSeed(4);
  const text = Array.from({ length: 400 }, (_, i) => [0, 1, 2, 0, 3, 4, 1, 0][i % 8]);
  const model = new RNN();
  const optimizer = new Adam(model.parameters(), { learningRate: 0.02 });
  const bptt = 5;

  const watch = new Watch();
  let hidden = zeros([1, 16]);
  for (let i = 0; i + bptt < text.length; i += bptt) {
    // Starting each piece we detach the hidden state from how it was made before: else backward() would go back to the start.
    hidden = hidden.detach();
    optimizer.zeroGrad();
    let loss: Tensor | null = null;
    for (let t = i; t < i + bptt; t++) {
      const [output, next] = model.forward(tensor([text[t]], { dtype: "int32" }), hidden) as [Tensor, Tensor];
      hidden = next;
      const one = crossEntropy(output, tensor([text[t + 1]], { dtype: "int32" }));
      loss = loss === null ? one : loss.add(one);
    }
    const total = loss as unknown as Tensor;
    total.backward();
    optimizer.step();
    watch.step(total.item() / bptt);
  }
  watch.learned(0.3);
  expect(hidden.shape).toEqual([1, 16]);
});
