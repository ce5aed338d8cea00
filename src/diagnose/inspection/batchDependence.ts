import type { Tensor } from "../../tensor/tensor.js";
import { type Batch, countSamples, takeRange } from "../../train/data.js";

/**
 * How far the results of some samples change with the others in their batch, relative to their size. Null: the batch is a single sample, or its
 * outputs have no row for each.
 * @param run what the model makes of a batch; where it draws numbers, the same for the first rows each time
 * @param among what it makes of the whole batch
 */
export function batchDependence(
  batch: Batch,
  run: (batch: Batch) => readonly Tensor[],
  among: readonly Tensor[] = run(batch),
): number | null {
  const samples = countSamples(batch);
  const half = samples >> 1;
  if (half === 0) return null;
  const alone = run(takeRange(batch, 0, half));
  const differences = among.flatMap((all, i) => (all.shape[0] === samples && alone[i].shape[0] === half ? difference(all, alone[i]) : []));
  return differences.length === 0 ? null : Math.max(...differences);
}

/** The largest difference of the first rows, relative to the root mean square of all. */
function difference(all: Tensor, alone: Tensor): number {
  const [one, other] = [all.view(), alone.view()];
  let [most, squares] = [0, 0];
  for (let i = 0; i < other.length; i++) {
    most = Math.max(most, Math.abs(Number(one[i]) - Number(other[i])));
    squares += Number(other[i]) * Number(other[i]);
  }
  return most === 0 ? 0 : most / Math.max(Math.sqrt(squares / other.length), 1e-12);
}
