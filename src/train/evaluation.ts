import { timed } from "../kernels/observer.js";
import type { Breather } from "./breathe.js";
import type { Logs } from "./callbacks.js";
import { captureObstacle, NOT_WANTED } from "./capturable.js";
import { type Batch, isSamples, type TrainingData, toBatch } from "./data.js";
import { EvaluationStep } from "./evaluationStep.js";
import { RunningFigures } from "./figures.js";
import type { Trainee } from "./loop.js";
import { objective } from "./objective.js";
import { outputsOf, withLogits } from "./outputs.js";
import { penalized } from "./penalized.js";
import { requireSomeWeight } from "./sampleWeight.js";
import { nothingToDo, source } from "./source.js";
import { figuresOf, type StepResult } from "./stepResult.js";
import { callIn, type TrainingStream } from "./stream.js";

/** Loss and metrics over all data, without training, as often as wanted; a sample counts as one, however the batches fall. */
export class Evaluation {
  readonly #step: EvaluationStep<StepResult>;
  /** The data, if they are samples in memory. */
  readonly #whole: Batch | null;

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
    this.#whole = isSamples(data) ? toBatch(op, data) : null;
    if (this.#whole !== null) requireSomeWeight(op, this.#whole);
    this.#step = new EvaluationStep(
      model,
      (batch) => {
        const outputs = outputsOf(op, model, batch);
        const { loss, parts } = objective(op, trainee, outputs, batch);
        const { penalty } = penalized(trainee, loss);
        return { parts, penalty, outputs: metrics.length > 0 ? withLogits(outputs) : [] };
      },
      () => (capture ? captureObstacle(model, losses) : NOT_WANTED),
    );
  }

  /** @param options.steps batches that are evaluated; undefined: all */
  async run(options: {
    batchSize: number;
    breather: Breather;
    signal?: AbortSignal;
    stream?: TrainingStream;
    steps?: number;
  }): Promise<Logs> {
    const { op, data } = this;
    const { breather, signal, stream, steps = Infinity } = options;
    const call = callIn(stream);
    const figures = new RunningFigures(op, this.trainee);
    let done = 0;
    try {
      for await (const batch of source(op, this.#whole, data, { ...options, shuffle: false })) {
        signal?.throwIfAborted();
        call(() => {
          const result = this.#step.run(batch);
          timed("metrics", () => figures.add(figuresOf(result), batch));
        });
        if (++done >= steps) break;
        if (breather.due) await breather.pause();
      }
    } finally {
      figures.close();
    }
    const what = op === "fit" ? "the validation data" : "the data";
    if (done === 0) throw nothingToDo(op, `${what} have no batches`, data);
    figures.requireCounted(what);
    return figures.logs();
  }

  dispose(): void {
    this.#step.dispose();
  }
}
