import { describe, expect, test } from "vitest";
import { type Sequences, streamBatches, tokenCrossEntropy, windowBatches } from "../../src/data.js";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";
import { crossEntropy, Dense, Embedding, manualSeed, randint, randn, Sequential, tensor } from "../../src/index.js";

const TEXT = Int32Array.from({ length: 50 }, (_, i) => 100 + i);
const rows = ({ x, y }: Sequences) => [x.toArray() as number[][], y.toArray() as number[][]];

describe("streamBatches", () => {
  test("rows go on where those of the batch before ended, and targets are the next tokens", () => {
    const all = [...streamBatches(TEXT, { batchSize: 3, length: 5 })].map(rows);
    // 49 tokens have a successor: three streams of 16, of which 15 are whole sequences.
    expect(all.length).toBe(3);
    for (const [row, start] of [100, 116, 132].entries()) {
      const wanted = Array.from({ length: 15 }, (_, i) => start + i);
      expect(all.flatMap(([x]) => x[row])).toEqual(wanted);
      expect(all.flatMap(([, y]) => y[row])).toEqual(wanted.map((token) => token + 1));
    }
  });

  test("begins afresh in each pass; tensors and arrays are taken, too", () => {
    const batches = streamBatches(tensor(TEXT), { batchSize: 2, length: 8 });
    expect([...batches].map(rows)).toEqual([...batches].map(rows));
    expect([...streamBatches([...TEXT], { batchSize: 2, length: 8 })].map(rows)).toEqual([...batches].map(rows));
  });

  test("the shortest text", () => {
    expect([...streamBatches([7, 8, 9, 10, 11], { batchSize: 2, length: 2 })].map(rows)).toEqual([
      [
        [
          [7, 8],
          [9, 10],
        ],
        [
          [8, 9],
          [10, 11],
        ],
      ],
    ]);
    expect(() => streamBatches([7, 8, 9, 10], { batchSize: 2, length: 2 })).toThrow(
      new ArgumentError("streamBatches: the text has 4 tokens; 2 streams of 2 need at least 5. Take a smaller length or batchSize."),
    );
  });
});

describe("windowBatches", () => {
  test("a text that is too short", () => {
    expect(() => windowBatches([1, 2, 3], { batchSize: 2, length: 5, steps: 1 })).toThrow(
      new ArgumentError("windowBatches: the text has 3 tokens; a sequence of 5 needs at least 6. Take a smaller length or batchSize."),
    );
  });

  test("every place occurs, the first and the last, and targets are the next tokens", () => {
    const seen = new Set<number>();
    for (const batch of windowBatches(TEXT, { batchSize: 8, length: 3, steps: 100, seed: 1 })) {
      const [x, y] = rows(batch);
      for (const [i, row] of x.entries()) {
        expect(y[i]).toEqual(row.map((token) => token + 1));
        expect(row).toEqual([row[0], row[0] + 1, row[0] + 2]);
        seen.add(row[0]);
      }
    }
    expect([...seen].sort()).toEqual(Array.from({ length: 47 }, (_, i) => 100 + i));
  });

  test("the same seed gives the same places, other ones in each pass", () => {
    const make = () => windowBatches(TEXT, { batchSize: 4, length: 5, seed: 3 });
    const [first, second] = [make(), make()];
    const passes = [[...first].map(rows), [...first].map(rows)];
    expect(passes[0].length).toBe(2);
    expect(passes[1]).not.toEqual(passes[0]);
    expect([[...second].map(rows), [...second].map(rows)]).toEqual(passes);
    manualSeed(4);
    const loose = [...windowBatches(TEXT, { batchSize: 4, length: 5 })].map(rows);
    manualSeed(4);
    expect([...windowBatches(TEXT, { batchSize: 4, length: 5 })].map(rows)).toEqual(loose);
  });

  test("refuses a text that is too short, and text that is not encoded", () => {
    expect([...windowBatches([1, 2, 3], { batchSize: 1, length: 2 })].map(rows)).toEqual([[[[1, 2]], [[2, 3]]]]);
    expect(() => windowBatches([1, 2, 3], { batchSize: 1, length: 3 })).toThrow(
      /^windowBatches: the text has 3 tokens; a sequence of 3 need/,
    );
    expect(() => windowBatches("text" as never, { batchSize: 1, length: 3 })).toThrow(
      /^windowBatches: the tokens are "text"; expected a list of numbers\. Encode the text: CharTokenizer\.fit\(text\)\.encode\(text\)\.$/,
    );
    expect(() => windowBatches([1, 0.5, 2] as never, { batchSize: 1, length: 1 })).toThrow(
      /^windowBatches: token 1 is 0\.5; expected a whole number from 0 to 2147483647\.$/,
    );
  });
});

describe("tokenCrossEntropy", () => {
  test("is the cross-entropy of all tokens", () => {
    const [logits, targets] = [randn([2, 3, 5]), randint(0, 5, [2, 3])];
    const wanted = crossEntropy(logits.transpose(1, 2), targets);
    expect(tokenCrossEntropy(logits, targets).item()).toBeCloseTo(wanted.item(), 6);
    expect(tokenCrossEntropy(logits, targets, { reduction: "none" }).shape).toEqual([2, 3]);
    expect(() => tokenCrossEntropy(logits, targets.reshape([6]))).toThrow(
      new ShapeError("tokenCrossEntropy: logits [2, 3, 5], targets [6]; expected [n, T, V] and [n, T]."),
    );
  });

  test("trains a model by fit, whose steps are replayed", async () => {
    manualSeed(1);
    const model = new Sequential([new Embedding(4, 8), new Dense(4)]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.1 }, loss: tokenCrossEntropy });
    const text = Int32Array.from({ length: 200 }, (_, i) => i % 4);
    const { history } = await model.fit(windowBatches(text, { batchSize: 4, length: 5 }), { epochs: 5, verbose: 0 });
    expect(history.loss.at(-1)).toBeLessThan(0.1);
    expect(model.captureStatus?.state).toBe("replaying");
  });
});
