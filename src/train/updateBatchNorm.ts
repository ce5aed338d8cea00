import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import type { FloatArray } from "../memory/views.js";
import { ChannelNorm } from "../nn/channelNorm.js";
import { isModule } from "../nn/forward.js";
import { inModes } from "../nn/modes.js";
import type { Module } from "../nn/module.js";
import { addTo } from "../optim/flatParameters.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration } from "../options/declare.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count } from "../options/kinds.js";
import { tensor } from "../tensor/creation.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkData, isSamples, type TrainingData, toBatch } from "./data.js";
import { outputsOf } from "./outputs.js";
import { nothingToDo, source } from "./source.js";

const UPDATE_BATCH_NORM = declare("updateBatchNorm", {
  /** The number of samples in a batch; an iterable makes its own. Default 256. */
  batchSize: count({ default: 256 }),
});

/** Options of `updateBatchNorm`. */
export interface UpdateBatchNormOptions extends OptionsOf<typeof UPDATE_BATCH_NORM> {}

/**
 * Measures the running statistics of all batch norm layers anew: they become the means of those of all batches. To be called when the
 * weights were exchanged, as by an average of weights.
 *
 * As torch.optim.swa_utils.update_bn. The model runs as in training, without a graph; afterwards every module is as it was.
 * @param model a module @param data { x }, or an (async) iterable of such batches
 * @param options.batchSize default 256
 * @throws ArgumentError, ShapeError
 * @example await updateBatchNorm(model, { x }, { batchSize: 128 });
 */
export async function updateBatchNorm(model: Module, data: TrainingData, options?: UpdateBatchNormOptions): Promise<void> {
  checkArity(UPDATE_BATCH_NORM.op, arguments.length, 3);
  if (!isModule(model)) throw new ArgumentError(message(UPDATE_BATCH_NORM.op, `the model is ${kindText(model)}; expected a Module`));
  checkData(UPDATE_BATCH_NORM.op, data);
  const { batchSize } = UPDATE_BATCH_NORM.readOptions(options);
  const layers = tracking(model);
  const sums = layers.map((layer) => buffersOf(layer).map(({ size }) => new Float64Array(size)));
  const whole = isSamples(data) ? toBatch(UPDATE_BATCH_NORM.op, data) : null;
  let batches = 0;
  for await (const batch of source(UPDATE_BATCH_NORM.op, whole, data, { batchSize, shuffle: false })) {
    batches++;
    inModes(
      [...model.namedModules().values()],
      () => true,
      () => {
        // From zero, running statistics become momentum times those of the batch; as a mean of all batches, those of the first.
        for (const layer of layers) for (const buffer of [...buffersOf(layer), layer.numBatchesTracked]) buffer?.fill(0);
        noGrad(() => void outputsOf(UPDATE_BATCH_NORM.op, model, batch));
        for (const [i, layer] of layers.entries()) {
          const weight = momentumOf(layer) ?? 1;
          for (const [j, buffer] of buffersOf(layer).entries()) addTo(sums[i][j], 1 / weight, buffer.view() as FloatArray);
        }
      },
    );
  }
  if (batches === 0) throw nothingToDo(UPDATE_BATCH_NORM.op, "the data have no batches", data);
  for (const [i, layer] of layers.entries()) {
    for (const [j, { shape, dtype }] of buffersOf(layer).entries())
      buffersOf(layer)[j].assign(
        tensor(
          sums[i][j].map((sum) => sum / batches),
          { shape, dtype },
        ),
      );
    layer.numBatchesTracked?.assign(tensor(batches, { dtype: "int32" }));
  }
}

/** Whether a model has layers with running statistics. */
export function hasRunningStatistics(model: Module): boolean {
  return tracking(model).length > 0;
}

type Tracking = ChannelNorm<AnyDeclaration>;

function tracking(model: Module): Tracking[] {
  const layers = [...model.namedModules().values()].filter((module): module is Tracking => module instanceof ChannelNorm);
  return layers.filter((layer) => layer.runningMean != null && momentumOf(layer) !== 0);
}

function momentumOf(layer: Tracking): number | null {
  return layer.momentum;
}

function buffersOf({ runningMean, runningVar }: Tracking): Tensor[] {
  return [runningMean, runningVar].filter((buffer) => buffer !== null);
}
