import { Sequential } from "../model/sequential.js";
import { Dense } from "../nn/layers/dense.js";
import { tensor } from "../tensor/creation.js";
import { rand, randn } from "../tensor/random.js";
import { manualSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A linear classifier and a network of two layers on points of a disc and of a ring around it that overlap: what curves of classifiers are shown
 * on. Trained from a seed, and scored on points that they have not seen.
 * @param samples of each class
 */
export async function twoClassifiers(samples: number): Promise<{ scores: Record<string, Tensor>; labels: Tensor }> {
  manualSeed(2);
  const [train, test] = [rings(samples), rings(samples)];
  const scores: Record<string, Tensor> = {};
  for (const [name, hidden] of [
    ["linear", 0],
    ["16 hidden units", 16],
  ] as const) {
    const model = new Sequential([...(hidden > 0 ? [new Dense(hidden, { activation: "tanh" })] : []), new Dense(1)]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.02 }, loss: "binaryCrossEntropy" });
    await model.fit(train, { epochs: 8, batchSize: 64, verbose: 0 });
    scores[name] = (await model.predict(test.x)) as Tensor;
  }
  return { scores, labels: test.y };
}

function rings(samples: number): { x: Tensor; y: Tensor } {
  const n = 2 * samples;
  const [angles, noise] = [rand([n]).data, randn([n, 2]).data];
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    // A rational circle: no sine, which differs between engines.
    const t = 2 * (2 * angles[i] - 1);
    const radius = i < samples ? 0.5 : 1.8;
    x[2 * i] = (radius * (1 - t * t)) / (1 + t * t) + 0.5 * noise[2 * i] + (i < samples ? 1 : 0);
    x[2 * i + 1] = (radius * 2 * t) / (1 + t * t) + 0.5 * noise[2 * i + 1];
  }
  return { x: tensor(x).reshape([n, 2]), y: tensor(Array.from({ length: n }, (_, i) => [i < samples ? 1 : 0])) };
}
