import type { Tensor } from "../../src/index.js";
import type { LossFunction } from "../../src/nn/index.js";
import { checkGolden, type GoldenCase, goldenTensor } from "./golden.js";

/** A loss of the registry, called with its tensors and its options. */
type Call = (...operands: unknown[]) => Tensor;

/** What PyTorch's loss is called with, in its order. */
type Inputs = Record<string, Tensor>;

/** Where PyTorch's loss is ours in other clothes: what its result is, given its inputs, ours, and PyTorch's options under our names. */
const DRESSED: Record<string, (loss: Call, inputs: Inputs, options: object) => Tensor> = {
  BCELoss: (loss, { input, target }, options) => loss(input, target, { ...options, fromLogits: false }),
  CTCLoss: (loss, { log_probs, targets, input_lengths, target_lengths }, options) =>
    loss(log_probs, targets, { ...options, inputLengths: input_lengths, targetLengths: target_lengths, batchFirst: false }),
};

/** Holds a loss against a golden case: results and gradients on every build. */
export function checkGoldenLoss(loss: LossFunction<object>, golden: GoldenCase): void {
  const run = DRESSED[golden.module_type as string] ?? ((call, inputs, options) => call(...Object.values(inputs), options));
  checkGolden(golden, (inputs) => run(loss as unknown as Call, inputs, translated(loss, golden)));
}

/** PyTorch's options and weights under our names, which the loss's declaration knows. */
function translated({ declaration }: LossFunction<object>, { config = {}, tensors = {} }: GoldenCase): Record<string, unknown> {
  const given = { ...config, ...Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, goldenTensor(value)])) };
  const word = (name: string): string => name.replace("_", "").toLowerCase();
  const ours = (name: string): string =>
    Object.entries(declaration.options).find(([option, { aka }]) => [option, ...aka].some((known) => word(known) === word(name)))?.[0] ??
    name;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [ours(name), value === "batchmean" ? "batchMean" : value]));
}
