import { timed } from "../kernels/observer.js";
import type { Tensor } from "../tensor/tensor.js";
import { Breather } from "./breathe.js";
import type { Logs } from "./callbacks.js";
import { areCapturable } from "./capturable.js";
import { type Batch, isSamples, type TrainingData, toBatch } from "./data.js";
import { EvaluationStep } from "./evaluation.js";
import type { Trainee } from "./loop.js";
import { objective } from "./objective.js";
import { type Output, outputsOf, withLogits, withoutLogits } from "./outputs.js";
import { nothingToDo, source } from "./source.js";
import { Tally } from "./tally.js";

/** What a step gives back; a captured one knows no other numbers than tensors. */
interface Found {
  readonly loss: Tensor;
  readonly weight: Tensor | number;
  /** Empty if nobody wants them. */
  readonly outputs: readonly Output[];
}

/** Loss and metrics over all data, without training, as often as wanted; a sample counts as one, however the batches fall. */
export class Evaluation {
  readonly #step: EvaluationStep<Found>;
  /** The data, if they are samples in memory. */
  #whole: Batch | null = null;

  /**
   * @param op who evaluates, as errors say it
   * @param capture whether steps may be captured
   */
  constructor(
    private readonly op: "evaluate" | "fit",
    private readonly trainee: Trainee,
    private readonly data: TrainingData,
    capture = true,
  ) {
    const { model, losses, metrics } = trainee;
    this.#step = new EvaluationStep(
      model,
      (batch) => {
        const outputs = outputsOf(op, model, batch);
        return { ...objective(op, losses, outputs, batch), outputs: metrics.length > 0 ? withLogits(outputs) : [] };
      },
      capture && areCapturable(losses),
    );
  }

  async run(options: { batchSize: number; breather?: Breather; signal?: AbortSignal }): Promise<Logs> {
    const { op, data } = this;
    const { breather = new Breather(), signal } = options;
    const tally = new Tally(op, this.trainee.metrics);
    let empty = true;
    try {
      if (isSamples(data)) this.#whole ??= toBatch(op, data);
      for await (const batch of source(op, this.#whole, data, { ...options, shuffle: false })) {
        signal?.throwIfAborted();
        empty = false;
        const { loss, weight, outputs } = this.#step.run(batch);
        const counts = typeof weight === "number" ? weight : weight.item();
        timed("metrics", () => tally.add(loss.item(), counts, withoutLogits(outputs), batch));
        if (breather.due) await breather.pause();
      }
    } finally {
      tally.close();
    }
    if (empty) throw nothingToDo(op, op === "fit" ? "the validation data have no batches" : "the data have no batches", data);
    return tally.logs();
  }

  dispose(): void {
    this.#step.dispose();
  }
}
