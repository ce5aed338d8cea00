import { expect } from "vitest";
import {
  Adam,
  capture,
  cosineDecay,
  crossEntropy,
  Dense,
  Dropout,
  Linear,
  type Module,
  manualSeed,
  type Optimizer,
  randint,
  randn,
  Sequential,
  SGD,
  type Tensor,
} from "../../src/index.js";

export type Step = (x: Tensor, y: Tensor) => Tensor;

export interface Trial {
  net: Module;
  optimizer: Optimizer;
  step: Step;
}

/** A network with dropout, its optimizer and one training step, captured or not. */
export function trial(captured: boolean, options: { clip?: number; clipEach?: number; dropout?: number } = {}): Trial {
  manualSeed(3);
  const { clip, clipEach, dropout = 0.3 } = options;
  const net = new Sequential([new Dense(32, { activation: "relu", inputShape: [20] }), new Dropout(dropout), new Dense(5)]);
  const optimizer = new Adam(net.parameters(), {
    learningRate: cosineDecay(1e-2, { steps: 50 }),
    globalClipNorm: clip,
    clipNorm: clipEach,
  });
  const step = trainingStep(net, optimizer);
  return { net, optimizer, step: captured ? capture(step) : step };
}

/** A step that trains a classifier and returns its loss. */
export function trainingStep(net: Module, optimizer: Optimizer): Step {
  return (x, y) => {
    const loss = crossEntropy(net.forward(x) as Tensor, y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
}

export function batch(i: number, n = 16): { x: Tensor; y: Tensor } {
  manualSeed(100 + i);
  const made = { x: randn([n, 20]), y: randint(0, 5, [n]) };
  manualSeed(3);
  return made;
}

export const data = Array.from({ length: 30 }, (_, i) => batch(i, i % 7 === 6 ? 3 : 16));

/** Runs the steps of a trial. @returns the losses, and the parameters after the last step */
export function outcome({ net, step }: Trial, each: (i: number) => void = () => {}): unknown {
  manualSeed(3);
  const losses: number[] = [];
  for (const [i, { x, y }] of data.entries()) {
    each(i);
    losses.push(step(x, y).item());
  }
  return { losses, state: [...net.stateDict().values()].map((t) => Array.from(t.data)) };
}

/** Expects the same bits with and without capture. */
export function expectSameBits(make: (captured: boolean) => Trial, each: (trial: Trial, i: number) => void = () => {}): void {
  const [eager, captured] = [make(false), make(true)];
  const wanted = outcome(eager, (i) => each(eager, i));
  expect(outcome(captured, (i) => each(captured, i))).toEqual(wanted);
  expect((captured.step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(10);
}

/** Expects the same results of training a linear layer with and without capture. `maybe` captures a function in the captured run. */
export function expectSameTraining<R extends Tensor | Tensor[]>(
  learningRate: number,
  samples: typeof data,
  stepOf: (net: Linear, optimizer: SGD, maybe: typeof capture) => (x: Tensor, y: Tensor) => R,
): void {
  const run = (maybe: typeof capture) => {
    manualSeed(1);
    const net = new Linear(20, 5);
    const step = maybe(stepOf(net, new SGD(net.parameters(), { learningRate }), maybe));
    return samples.map(({ x, y }) => [step(x, y)].flat().map((result) => result.item()));
  };
  expect(run(capture)).toEqual(run(((step: unknown) => step) as typeof capture));
}
