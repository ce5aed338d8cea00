import type { Parameter } from "../../graph/parameter.js";
import { Adagrad } from "../../optim/adagrad.js";
import { Adam } from "../../optim/adam.js";
import type { Optimizer } from "../../optim/optimizer.js";
import { RMSprop } from "../../optim/rmsprop.js";
import { SGD } from "../../optim/sgd.js";
import { type Path, pathOf } from "./path.js";
import type { Surface } from "./surfaces.js";

/** Makes an optimizer of the two parameters, which are one vector. */
export type MakeOptimizer = (parameters: Parameter[]) => Optimizer;

/** Who races where nobody else was asked to. */
const RACERS: Readonly<Record<string, (parameters: Parameter[], learningRate: number) => Optimizer>> = {
  SGD: (parameters, learningRate) => new SGD(parameters, { learningRate }),
  momentum: (parameters, learningRate) => new SGD(parameters, { learningRate, momentum: 0.9 }),
  Nesterov: (parameters, learningRate) => new SGD(parameters, { learningRate, momentum: 0.9, nesterov: true }),
  Adagrad: (parameters, learningRate) => new Adagrad(parameters, { learningRate }),
  RMSprop: (parameters, learningRate) => new RMSprop(parameters, { learningRate }),
  Adam: (parameters, learningRate) => new Adam(parameters, { learningRate }),
};

export interface Racer {
  readonly name: string;
  /** The learning rate at the start. */
  readonly rate: number;
  readonly path: Path;
}

/** The paths of optimizers on a surface, from its start. @param optimizers by name; null for six that are well known, at the surface's rates */
export function race(surface: Surface, optimizers: Readonly<Record<string, MakeOptimizer>> | null, steps: number): Racer[] {
  const makers = optimizers ?? usual(surface);
  return Object.entries(makers).map(([name, make]) => {
    let rate = 0;
    const path = pathOf(
      surface.loss,
      (parameters) => {
        const optimizer = make(parameters);
        rate = optimizer.currentLearningRate;
        return optimizer;
      },
      surface.start,
      steps,
    );
    return { name, rate, path };
  });
}

function usual({ rates = {} }: Surface): Record<string, MakeOptimizer> {
  return Object.fromEntries(
    Object.entries(RACERS).map(([name, make]) => [name, (parameters: Parameter[]) => make(parameters, rates[name] ?? 0.01)]),
  );
}
