import type { Model } from "../../model/model.js";
import type { Loss, LossTraits } from "../../nn/losses.js";
import type { TableSamples } from "../../tables/tableModel.js";
import { isFloating } from "../../tensor/dtype.js";
import type { Tensor } from "../../tensor/tensor.js";
import { alignTarget } from "../../train/align.js";
import { type Batch, countSamples, inputsOf, isSamples, joinRows, type TrainingData, takeRange, toBatch } from "../../train/data.js";
import { outputName } from "../../train/figureNames.js";
import type { OutputEvaluation } from "../run.js";
import { classEvaluation } from "./classes.js";
import type { EvaluationSettings } from "./options.js";
import { Sights } from "./sights.js";
import { valueEvaluation } from "./values.js";

/** More columns than these are no classes of their own, but the pixels of an image, say. */
const MOST_COLUMNS = 64;

/**
 * What a model makes of data, for each output that predicts classes or values.
 * @param table how predictions and rows are read, where the model is the network of a model of tables
 * @throws ArgumentError, ShapeError where data and model do not fit together
 */
export async function evaluated(
  op: string,
  model: Model,
  data: TrainingData,
  settings: EvaluationSettings,
  table?: Pick<TableSamples, "predicted" | "cells">,
): Promise<OutputEvaluation[]> {
  const batch = await gathered(op, data, settings.samples);
  if (batch.y === undefined) return [];
  const targets = Array.isArray(batch.y) ? batch.y : [batch.y];
  const result = await model.predict<Tensor | Tensor[]>(batch.x, { batchSize: settings.batchSize });
  const predictions = (Array.isArray(result) ? result : [result]).map((found) => table?.predicted(found) ?? found);
  const sights = new Sights(op, inputsOf(batch)[0], settings, table?.cells);
  const losses: readonly Loss[] = model.compiled?.losses ?? [];
  const found: OutputEvaluation[] = [];
  for (const [i, prediction] of predictions.slice(0, targets.length).entries()) {
    const target = alignTarget(prediction, targets[i]);
    const loss: LossTraits = losses[losses.length === 1 ? 0 : i] ?? {};
    const name = predictions.length === 1 ? null : outputName(model.outputNames, i);
    if (areClasses(loss, prediction, target)) found.push(await classEvaluation(op, name, loss, prediction, target, sights, settings));
    else if (prediction.size === target.size) found.push(await valueEvaluation(name, prediction, target, sights, settings));
  }
  return found;
}

/** Whether classes are predicted: as the loss says, or else as the targets look. */
function areClasses({ targets, squashing }: LossTraits, prediction: Tensor, target: Tensor): boolean {
  if (targets === "classes") return true;
  // A sigmoid's cross-entropy takes values, which may be probabilities.
  const yesOrNo = prediction.rank <= 2 && (prediction.shape[1] ?? 1) <= MOST_COLUMNS && areFlags(target);
  if (targets === "values") return squashing === "sigmoid" && yesOrNo;
  return !isFloating(target.dtype) && (prediction.rank > target.rank || yesOrNo);
}

function areFlags(target: Tensor): boolean {
  return (target.view() as Float32Array).every((value) => value === 0 || value === 1);
}

/** The first samples, as one batch. */
async function gathered(op: string, data: TrainingData, most: number): Promise<Batch> {
  const first = (batch: Batch): Batch => (countSamples(batch) <= most ? batch : takeRange(batch, 0, most));
  if (isSamples(data)) return first(toBatch(op, data));
  const batches: Batch[] = [];
  let count = 0;
  for await (const samples of data) {
    const batch = toBatch(op, samples);
    batches.push(batch);
    count += countSamples(batch);
    if (count >= most) break;
  }
  const join = (of: (batch: Batch) => Tensor | Tensor[] | undefined): Tensor | Tensor[] | undefined => {
    const parts = batches.map(of);
    if (parts.some((part) => part === undefined)) return undefined;
    if (!Array.isArray(parts[0])) return joinRows(parts as Tensor[]);
    return parts[0].map((_, i) => joinRows((parts as Tensor[][]).map((part) => part[i])));
  };
  return first({ x: join(({ x }) => x) ?? [], y: join(({ y }) => y) });
}
