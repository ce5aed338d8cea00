import { expect, test } from "vitest";
import { tokenCrossEntropy } from "../../src/data.js";
import {
  Adam,
  capture,
  concat,
  cosineDecay,
  Dense,
  Embedding,
  linearWarmup,
  Module,
  manualSeed,
  noGrad,
  PositionEmbedding,
  randint,
  type Tensor,
  Transformer,
  zeros,
} from "../../src/index.js";

const SYMBOLS = 10;
const LENGTH = 8;
/** What a target begins with. */
const START = SYMBOLS;

/** From a sequence and what is known of its reverse to logits of the next symbol. */
class Reverser extends Module {
  readonly embedding = new Embedding(SYMBOLS + 1, 32);
  readonly sourcePositions = new PositionEmbedding(LENGTH, 32);
  readonly targetPositions = new PositionEmbedding(LENGTH, 32);
  readonly transformer = new Transformer(32, 4, {
    ...{ numEncoderLayers: 1, numDecoderLayers: 1, feedForward: 64, dropout: 0, normFirst: true, causal: true },
  });
  readonly head = new Dense(SYMBOLS, { inputShape: [32] });

  forward(source: Tensor, target: Tensor): Tensor {
    const from = this.sourcePositions.forward(this.embedding.forward(source));
    const known = this.targetPositions.forward(this.embedding.forward(target));
    return this.head.forward(this.transformer.forward(from, known));
  }
}

const begun = (target: Tensor): Tensor => {
  const start = zeros([target.shape[0], 1], { dtype: "int32" }).add(START);
  return concat([start, target.slice([null, [0, LENGTH - 1]])], 1);
};

test("sequences are reversed by a small Transformer, symbol by symbol", () => {
  manualSeed(1);
  const net = new Reverser();
  const optimizer = new Adam(net.parameters(), { learningRate: linearWarmup(cosineDecay(3e-3, { steps: 1450 }), { steps: 50 }) });
  const step = capture((source: Tensor, target: Tensor, known: Tensor): Tensor => {
    const loss = tokenCrossEntropy(net.forward(source, known), target);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const begin = performance.now();
  for (let i = 0; i < 1500; i++) {
    const source = randint(0, SYMBOLS, [32, LENGTH]);
    const target = source.flip(1);
    const loss = step(source, target, begun(target)).item();
    if (i % 250 === 249) console.log(`step ${i + 1}: ${loss.toFixed(4)}, ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  }
  // What it writes, it reads again: nothing of the target is told.
  net.eval();
  const source = randint(0, SYMBOLS, [200, LENGTH]);
  let written = zeros([200, LENGTH], { dtype: "int32" });
  for (let at = 0; at < LENGTH; at++) {
    const logits = noGrad(() => net.forward(source, begun(written)));
    const next = logits.argmax(2).slice([null, [at, at + 1]]);
    written = concat([written.slice([null, [0, at]]), next, zeros([200, LENGTH - 1 - at], { dtype: "int32" })], 1);
  }
  const right = written.eq(source.flip(1)).cast("float32").mean().item();
  console.log(`symbols right: ${right}`);
  expect(right).toBeGreaterThan(0.99);
});
