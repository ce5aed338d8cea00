import { digits, percent } from "../../diagnose/findings/words.js";
import { batchDependence } from "../../diagnose/inspection/batchDependence.js";
import { grad } from "../../graph/backward.js";
import { noGrad } from "../../graph/mode.js";
import { evaluating } from "../../nn/modes.js";
import { tensor } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Batch, countSamples, eachPart } from "../../train/data.js";
import { outputsOf } from "../../train/outputs.js";
import { failed, passed, type SanityCheck, skipped } from "./check.js";
import type { Subject } from "./subject.js";

const NAME = "ownRow";

/** Beyond what sums in another order come to. */
const NEAR = 1e-3;

/**
 * A sample's result in evaluation is its own: it does not change with the other samples, and its gradient by their inputs is 0 (Karpathy's recipe:
 * "use backprop to chart dependencies").
 */
export function checkOwnRow({ op, trainee: { model }, batch }: Subject): SanityCheck {
  const n = countSamples(batch);
  if (n < 2) return skipped(NAME, "There is one sample alone.");
  return evaluating([...model.namedModules().values()], () => {
    // A model that draws numbers, even in evaluation, draws the same for the first rows.
    const run = (some: Batch) => underSeed(seedOf(0), () => outputsOf(op, model, some));
    const difference = noGrad(() => batchDependence(batch, run));
    if (difference === null) return skipped(NAME, "The outputs have no row for each sample.");
    if (difference > NEAR) {
      const seen = `In evaluation the result of a sample changes by ${percent(difference)} of its size with the others in its batch.`;
      return failed(NAME, `${seen} Look for batch norm that is left in training, and for a reshape that mixes samples.`);
    }
    const leaves: Tensor[] = [];
    const { x } = eachPart({ x: batch.x }, (part) => {
      if (!isFloating(part.dtype)) return part;
      const leaf = tensor(part.data, { shape: [...part.shape], dtype: part.dtype, requiresGrad: true });
      leaves.push(leaf);
      return leaf;
    });
    if (leaves.length === 0) return passed(NAME, "A sample's result is the same whatever stands beside it.");
    const outputs = run({ x });
    const [first] = outputs;
    if (!first.requiresGrad || first.shape[0] !== n) return passed(NAME, "A sample's result is the same whatever stands beside it.");
    const gradients = grad(first.slice([[0, 1]]).sum(), leaves, { allowUnused: true });
    const strays = gradients.map((gradient) => (gradient === null ? 0 : largestBehind(gradient)));
    const stray = Math.max(...strays);
    if (stray > 0)
      return failed(NAME, `The gradient of the first sample's result by the inputs of others is up to ${digits(stray)}; expected 0.`);
    return passed(NAME, "A sample's result depends on its own input alone.");
  });
}

/** The largest |element| behind the first row. */
function largestBehind(gradient: Tensor): number {
  const elements = gradient.view();
  let most = 0;
  for (let i = gradient.size / gradient.shape[0]; i < elements.length; i++) most = Math.max(most, Math.abs(Number(elements[i])));
  return most;
}
