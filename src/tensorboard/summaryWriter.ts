import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { encodePng } from "../io/image/encodePng.js";
import { type Path, pathText } from "../io/node.js";
import { Model } from "../model/model.js";
import { checkArity } from "../options/arity.js";
import { isPlain } from "../options/plain.js";
import { checkTensor } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { exactHistogram } from "../train/histogram.js";
import type { Histogram } from "../train/trainingRecord.js";
import { EventFile, type SummaryValue } from "./eventFile.js";
import { graphDef } from "./graphDef.js";
import { rasterOf } from "./pixels.js";
import { experiment, type HParam, histogram, image, scalar, sessionEnd, sessionStart, text } from "./summaries.js";

const BINS = 30;

/**
 * Writes events for TensorBoard, for loops of one's own; `TensorBoard` does it in `fit`. The names are those of PyTorch's SummaryWriter. TensorBoard
 * itself is a program of Python: `tensorboard --logdir runs`.
 *
 * A call writes when 64 KiB are gathered; `flush` and `close` write what is left.
 * @param folder folder of the run, which is made: one for each run, as "runs/first"; or a file: URL
 * @throws FileError if the file cannot be made, always in browsers
 * @example
 * const writer = new SummaryWriter("runs/first");
 * for (let step = 0; step < 100; step++) writer.addScalar("loss", 1 / (step + 1), step);
 * writer.close();
 */
export class SummaryWriter {
  readonly #file: EventFile;

  constructor(folder: Path) {
    checkArity("SummaryWriter", arguments.length, 1);
    if (typeof folder !== "string" && typeof (folder as { href?: unknown } | null)?.href !== "string")
      throw new ArgumentError(
        message("SummaryWriter", `folder is ${kindText(folder)}; expected the path of a folder`, 'Write new SummaryWriter("runs/first").'),
      );
    this.#file = new EventFile("SummaryWriter", pathText("SummaryWriter", folder));
  }

  /** Path of the file. */
  get path(): string {
    return this.#file.path;
  }

  /**
   * A number at a step. Several runs with the same tag are drawn in one chart.
   * @param tag name, with / between groups
   * @throws ArgumentError, FileError
   * @example new SummaryWriter("runs/first").addScalar("loss/train", 0.3, 0)
   */
  addScalar(tag: string, value: number, step: number): void {
    checkArity("addScalar", arguments.length, 3);
    checkCall("addScalar", tag, step);
    if (typeof value !== "number") throw wrong("addScalar", "value", value, "a number");
    this.#add([scalar(tag, value)], step);
  }

  /**
   * Several numbers at a step.
   * @param values numbers by their tags, such as { "loss/train": 0.3, "loss/validation": 0.4 }
   * @throws ArgumentError, FileError
   */
  addScalars(values: Readonly<Record<string, number>>, step: number): void {
    checkArity("addScalars", arguments.length, 2);
    if (!isPlain(values)) throw wrong("addScalars", "values", values, "an object of numbers by tag");
    for (const [tag, value] of Object.entries(values)) this.addScalar(tag, value, step);
  }

  /**
   * How numbers are spread at a step.
   * @param values a tensor of any shape, whose finite elements are counted in 30 equal bins from the least to the greatest; or a histogram
   * @throws ArgumentError, FileError
   * @example new SummaryWriter("runs/first").addHistogram("layer/weight", rand([64, 32]), 10)
   */
  addHistogram(tag: string, values: Tensor | Histogram, step: number): void {
    checkArity("addHistogram", arguments.length, 3);
    checkCall("addHistogram", tag, step);
    this.#add([counted(tag, values)], step);
  }

  /**
   * An image at a step.
   * @param x [height, width], [1, height, width] or [3, height, width]: bytes, floats from 0 to 1, or others, which are shown from the least to
   *   the greatest
   * @throws ArgumentError for another shape, FileError
   * @example await new SummaryWriter("runs/first").addImage("sample", rand([3, 8, 8]), 0)
   */
  async addImage(tag: string, x: Tensor, step: number): Promise<void> {
    checkArity("addImage", arguments.length, 3);
    checkCall("addImage", tag, step);
    checkTensor("addImage", "x", x);
    const raster = rasterOf("addImage", x);
    this.#add([image(tag, raster, await encodePng("addImage", raster))], step);
  }

  /**
   * A text at a step, which is shown as Markdown.
   * @throws ArgumentError, FileError
   * @example new SummaryWriter("runs/first").addText("note", "a *remark*", 0)
   */
  addText(tag: string, content: string, step: number): void {
    checkArity("addText", arguments.length, 3);
    checkCall("addText", tag, step);
    if (typeof content !== "string") throw wrong("addText", "content", content, "a string");
    this.#add([text(tag, content)], step);
  }

  /** The layers of a model and what each takes, for the tab of graphs. A model of one's own class, which does not tell its layers, is left out. */
  addGraph(model: Model): void {
    checkArity("addGraph", arguments.length, 1);
    if (!(model instanceof Model)) throw wrong("addGraph", "model", model, "a Model");
    const graph_def = graphDef(model);
    if (graph_def !== null) this.#file.add({ graph_def });
  }

  /**
   * The settings of this run, for the tab of hyper-parameters.
   * @param hparams settings by their names, such as { learningRate: 0.1, optimizer: "sgd" }
   * @param metrics the figures by which runs are compared: tags of scalars, with the folder below this one where they are
   * @throws ArgumentError, FileError
   */
  addHparams(hparams: Readonly<Record<string, HParam>>, metrics: readonly { group?: string; tag: string }[]): void {
    checkArity("addHparams", arguments.length, 2);
    if (!isPlain(hparams)) throw wrong("addHparams", "hparams", hparams, "an object of settings by name");
    for (const [name, value] of Object.entries(hparams))
      if (!["string", "number", "boolean"].includes(typeof value))
        throw wrong("addHparams", `hparams.${name}`, value, "a number, a string or a boolean");
    if (!Array.isArray(metrics) || !Array.from(metrics).every((metric) => isPlain(metric) && typeof metric.tag === "string"))
      throw wrong("addHparams", "metrics", metrics, "a list of { group, tag }");
    const known = metrics.map(({ group = "", tag }) => ({ group, tag }));
    this.#add([experiment(hparams, known), sessionStart(hparams)], 0);
  }

  /** Says that the run is over. */
  endHparams(succeeded = true): void {
    checkArity("endHparams", arguments.length, 1);
    if (typeof succeeded !== "boolean") throw wrong("endHparams", "succeeded", succeeded, "true or false");
    this.#add([sessionEnd(succeeded)], 0);
  }

  /** Writes what waits. @throws FileError */
  flush(): void {
    checkArity("flush", arguments.length, 0);
    this.#file.flush();
  }

  /** Writes what waits, and closes the file. @throws FileError */
  close(): void {
    checkArity("close", arguments.length, 0);
    this.#file.close();
  }

  #add(value: readonly SummaryValue[], step: number): void {
    this.#file.add({ step, summary: { value } });
  }
}

function counted(tag: string, values: Tensor | Histogram): SummaryValue {
  if (Array.isArray((values as Histogram | null)?.counts)) return histogram(tag, values as Histogram);
  checkTensor("addHistogram", "values", values as Tensor);
  const numbers = (values as Tensor).detach().data;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    if (!Number.isFinite(value)) continue;
    sum += value;
    squares += value * value;
  }
  return histogram(tag, exactHistogram(numbers, BINS), { sum, squares });
}

function checkCall(op: string, tag: unknown, step: unknown): void {
  if (typeof tag !== "string" || tag === "") throw wrong(op, "tag", tag, "a name");
  if (!Number.isSafeInteger(step) || (step as number) < 0) throw wrong(op, "step", step, "a whole number ≥ 0");
}

function wrong(op: string, name: string, value: unknown, expected: string): ArgumentError {
  return new ArgumentError(message(op, `${name} is ${kindText(value)}; expected ${expected}`));
}
