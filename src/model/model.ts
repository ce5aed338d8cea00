import type { CaptureStatus } from "../capture/capturedStep.js";
import { ArgumentError, GraphError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { TensorSpec } from "../graph/rehearse.js";
import { safetensorsFile, wholeFile } from "../io/safetensors.js";
import { writeFile } from "../io/write.js";
import { type Architecture, typeOf } from "../nn/architecture.js";
import { place } from "../nn/forward.js";
import { Module } from "../nn/module.js";
import { stateOf } from "../nn/state.js";
import type { Optimizer } from "../optim/optimizer.js";
import { checkArity } from "../options/arity.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Breather } from "../train/breathe.js";
import { type Callback, checkCallbacks, type Logs } from "../train/callbacks.js";
import { checkData, isSamples, splitOff, type TrainingData, toBatch } from "../train/data.js";
import { Endings } from "../train/endings.js";
import type { BatchSize } from "../train/epochs.js";
import { Evaluation } from "../train/evaluation.js";
import { outputName } from "../train/figureNames.js";
import { History } from "../train/history.js";
import { KEEPERS, type Keeper } from "../train/keeper.js";
import { type Trainee, trainLoop } from "../train/loop.js";
import { DASHBOARDS, DIAGNOSES } from "../train/observer.js";
import { guardOf } from "../train/onNonFinite.js";
import { type PredictBatches, type PredictInputs, Prediction } from "../train/prediction.js";
import { ProgressBar } from "../train/progress.js";
import { employ, retire } from "../train/retire.js";
import { TrainingStep } from "../train/trainingStep.js";
import { type CompileOptions, resolve } from "./compile.js";
import { fileMetadata } from "./fileMetadata.js";
import { checkCount, type Description, type Plan, planOf, runPlan, specsOf } from "./functional.js";
import { checkInputs } from "./inputs.js";
import {
  EVALUATE,
  type EvaluateOptions,
  FIT,
  type FitOptions,
  PREDICT,
  type PredictOptions,
  SUMMARY,
  type SummaryOptions,
} from "./options.js";
import { summaryText } from "./summary.js";

/**
 * A module with the methods compile, fit, evaluate, predict, summary and save. There are three ways to make one: extend Model and write
 * `forward`; describe the model by its inputs and outputs; or use `Sequential`.
 *
 * In a description, a layer of your own needs the method `outputShape` if its output has another shape than its input.
 * @param description inputs, made by `input`, and outputs, which layers made from them; lists if there are several, or for outputs an
 *   object that names them: { digit, parity }
 * @throws ArgumentError if an output depends on an input that is not among the inputs
 * @example
 * const x = input([784]);
 * const model = new Model({ inputs: x, outputs: new Dense(10).forward(new Dense(128, { activation: "relu" }).forward(x)) });
 */
export class Model extends Module {
  static override readonly type: string = "Model";
  /** @internal true, because forward only calls the layers; a subclass with a forward of its own has to declare it */
  static override readonly capturable: boolean = true;
  /** The figures of the last `fit`, even if it was aborted. */
  history: History | null = null;
  /**
   * Names of the outputs, by which `compile` is told their losses and metrics, and the history lists them: those of the description, or
   * out1, out2 …; null if the model does not tell its outputs. A class of your own with several outputs may set it.
   */
  outputNames: readonly string[] | null = null;
  /**
   * Texts by name that a file of the model holds, too, such as the tokenizer of a language model or the names of the classes. `loadModel`
   * gives them back. The name "simdgrad" is taken.
   */
  metadata: Record<string, string> = {};
  /** @internal the steps of a functional model */
  readonly plan: Plan | null = null;
  #compiled: Omit<Trainee, "model"> | null = null;
  /** The training step of the running fit. */
  #training: TrainingStep | null = null;
  #captureStatus: CaptureStatus | null = null;
  #prediction: Prediction | null = null;

  constructor(description?: Description) {
    super();
    // A class of the user's own may take what it likes.
    if (new.target === Model) checkArity("Model", arguments.length, 1);
    if (description === undefined) return;
    const plan = planOf(description);
    this.plan = plan;
    this.outputNames = plan.outputNames ?? plan.outputs.map((_, i) => outputName(null, i));
    // Only a described model gets this method: the output shape of a subclass with a forward of its own is not known.
    const outputShape = (...shapes: Shape[]): Shape =>
      this.resultSpecs(shapes.map((shape, i) => ({ shape, dtype: plan.inputs[i]?.dtype ?? "float32" })))[0].shape;
    Object.defineProperty(this, "outputShape", { value: outputShape, enumerable: false });
  }

  override children(): Map<string, Module> {
    if (this.plan === null) return super.children();
    const layers = [...new Set(this.plan.steps.map(({ module }) => module))];
    return new Map(layers.map((layer, i) => [String(i), layer]));
  }

  /** @internal */
  override resultSpecs(inputs: readonly TensorSpec[]): TensorSpec[] {
    const { plan } = this;
    if (plan === null) return super.resultSpecs(inputs);
    checkCount(inputs.length, plan);
    const specs = specsOf(plan, inputs);
    return plan.outputs.map((position) => specs[position] ?? inputs[0]);
  }

  /** Computes the outputs of a described model. Subclasses override it. */
  // biome-ignore lint/suspicious/noExplicitAny: as Module.forward
  override forward(...inputs: any[]): any {
    if (this.plan === null)
      throw new GraphError(
        message(
          typeOf(this),
          "this model has no forward",
          "Write forward(x) { … } in your class, or describe the model by inputs and outputs.",
        ),
      );
    const outputs = runPlan(this.plan, inputs.flat());
    return outputs.length === 1 ? outputs[0] : outputs;
  }

  /**
   * Chooses optimizer, loss and metrics.
   *
   * Of several outputs the losses are added up, each multiplied with its weight: loss = Σ lossWeightᵢ · lossᵢ. Loss, weights and metrics
   * of each are a list in the outputs' order, or an object by their names, which are those of the model's description, or out1, out2 ….
   * The history lists `loss`, `out1Loss`, `out1Accuracy`, `valOut2Loss` …; the loss of an output is listed as it is, without its weight.
   * @param options.optimizer "adam", { name: "sgd", momentum: 0.9 } or an optimizer
   * @param options.loss "crossEntropy", { name: "huber", delta: 0.5 } or a function: one for all outputs, or one for each
   * @param options.lossWeights finite numbers, one for each output; default 1
   * @param options.metrics a list of the metrics of the first output, or those of each output; default none. A sample's weight counts in
   *   them, weights of classes do not
   * @param options.penalty what weights add to the loss, `l2(1e-4)`: all parameters of two axes or more that have no penalty of their own, default
   *   none. `loss` has it, and the history lists it as `penalty`, too: the loss of the outputs is loss − penalty
   * @returns this
   * @throws ArgumentError for unknown names, with the nearest known one, and for outputs that there are not
   * @example model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] })
   */
  compile(options: CompileOptions): this {
    checkArity("compile", arguments.length, 1);
    const compiled = resolve(options, this.outputNames);
    if (this.#compiled?.optimizer !== compiled.optimizer) this.#compiled?.optimizer.rest();
    this.#compiled = compiled;
    return this;
  }

  /**
   * Whether the steps of the running or last `fit` are captured and replayed, and if not, why: see `capture`.
   * Null before the first fit.
   * @example
   * await model.fit({ x, y }, { epochs: 5, verbose: 0 });
   * console.log(model.captureStatus);
   */
  get captureStatus(): CaptureStatus | null {
    return this.#training?.captureStatus ?? this.#captureStatus;
  }

  /** @internal what `compile` chose; null before */
  get compiled(): Omit<Trainee, "model"> | null {
    return this.#compiled;
  }

  /** The optimizer that `compile` chose. @throws GraphError before compile */
  get optimizer(): Optimizer {
    return this.trainee("optimizer").optimizer;
  }

  /**
   * Trains the model. Afterwards the model is in training mode. All random numbers of a
   * training come from the seed in force when it begins, whatever else the process draws, seeds or trains meanwhile; the
   * next `fit` of the model under the same seed goes on where this one stopped.
   *
   * Where samples or classes have weights, the loss of a batch is Σ wᵢ·lossᵢ / Σ wᵢ over the labels that count, and so are its gradients.
   * PyTorch does the same with its weights of classes. An epoch's loss is the mean over all that counts, whatever the batch size, and
   * with reduction "sum" the sum. A batch in which nothing counts is left out, without a step of the optimizer.
   * @param data { x, y, weight? } or an (async) iterable of such batches; weight [n] is ≥ 0
   * @param options.epochs number of the last epoch, counted from 1, default 1
   * @param options.initialEpoch number of epochs that are done before, default 0: `epochs: 10, initialEpoch: 4` runs 6, numbered 4 … 9,
   *   with the orders of a run from the start. The model under the same seed goes on exactly if its last `fit` stopped there, and after
   *   loading its weights and the optimizer's state in another process
   * @param options.batchSize number of samples in a step, default 32, or a function that gives it for each epoch 0, 1, … (see
   *   `growingBatch`); an iterable makes its own batches
   * @param options.replacement whether each sample is drawn from all of them: minibatches with replacement; default false
   * @param options.shuffle whether the samples have a new order in every pass over them, which depends on the seed; default true
   * @param options.dropLast whether a last batch of fewer samples is left out of every pass; default false
   * @param options.stepsPerEpoch number of steps in an epoch, for data without an end or epochs of another length than a pass. As in
   *   Keras, the next epoch goes on with the batch after the last one; data that end are walked anew. Default: a pass over the data
   * @param options.validationSplit share of the samples, from the end and rounded down, that is evaluated after every epoch instead
   *   of trained on
   * @param options.validationData data on which the model is evaluated after every epoch; default none
   * @param options.accumulate number of batches whose gradients make one step of the optimizer, as if they were one batch; default 1. The
   *   last batches of an epoch make a step of fewer
   * @param options.validationSteps number of batches that are evaluated after every epoch; default: all
   * @param options.onNonFinite what is done about a loss or a gradient that is not finite: "stop" (default) ends training, "skip" leaves the
   *   batch out, "rollback" goes back to the last good state at a lower learning rate; or a `FiniteGuard`, or its options. The history's
   *   `incidents` name every batch
   * @param options.classWeight weight ≥ 0 of each class in the loss, by label; default all 1. Metrics and validation do not weigh classes
   * @param options.callbacks objects of `Callback`, or with some of its hooks; default none
   * @param options.verbose 1 shows progress on stderr, 0 shows nothing; default 1
   * @param options.capture whether steps may be captured; default true. They are captured, with the same bits, if every layer and loss
   *   is the library's or has `capturable: true` (static in a class). `model.captureStatus` says whether they were replayed, or why not
   * @param options.yieldEvery milliseconds after which the event loop gets a turn, between two batches, so that a server goes on answering;
   *   0 after every batch, Infinity never; default 10
   * @param options.checkpoint where and how often the state of the training is written: `{ path, every, keep, best }`, the path alone, or a
   *   `Checkpoint`; default nowhere
   * @param options.resume whether training goes on from the checkpoint, if there is one, with the same bits as if it had not stopped; default
   *   false. Its place in the data counts, not `initialEpoch`
   * @param options.signal aborts training: `fit` rejects with its reason, and `model.history` keeps the epochs done
   * @returns the figures of all epochs
   * @throws GraphError before compile or while a fit runs, ArgumentError, ShapeError, DivergedError when the loss or a gradient
   *   is not finite and `onNonFinite` does not help: parameters, moments and the count of steps are as before that step
   * @example const history = await model.fit({ x, y }, { epochs: 5, batchSize: 128, validationSplit: 0.25, verbose: 0 });
   */
  async fit(data: TrainingData, options?: FitOptions): Promise<History> {
    checkData(FIT.op, data);
    checkArity(FIT.op, arguments.length, 2);
    const settings = FIT.readOptions(options);
    const { epochs, initialEpoch, callbacks, verbose, capture, signal, classWeight, accumulate, checkpoint, resume } = settings;
    if (initialEpoch > epochs)
      throw new ArgumentError(
        message(
          FIT.op,
          `initialEpoch is ${initialEpoch}, epochs is ${epochs}; expected at most epochs`,
          "epochs counts those before, too.",
        ),
      );
    checkCallbacks(FIT.op, callbacks);
    // The page is loaded here, before the model is looked at: another fit may begin meanwhile.
    const shown = settings.ui ? [await DASHBOARDS.take(FIT.op, "ui", settings.ui)] : [];
    const trainee = this.trainee(FIT.op);
    if (this.#training !== null)
      throw new GraphError(
        message(FIT.op, "this model is training already", "Wait for the first fit to end; predict is allowed meanwhile."),
      );
    const { train, validation } = divide(data, settings);
    checkTogether(settings, validation);
    const guard = guardOf(FIT.op, settings.onNonFinite);
    this.history = new History();
    const { steps, incidents } = this.history;
    const keeper = checkpoint === undefined ? keeperAmong(callbacks) : KEEPERS.take(FIT.op, "checkpoint", checkpoint);
    if (resume && keeper === null)
      throw new ArgumentError(message(FIT.op, "resume is true without a checkpoint", 'Write checkpoint: { path: "run.safetensors" }.'));
    const { diagnose } = settings;
    const observers = [...(diagnose ? [DIAGNOSES.take(FIT.op, "diagnose", diagnose)] : []), ...shown];
    const others = callbacks.filter((callback) => callback !== keeper);
    const all = [...others, ...observers, this.history, ...(verbose ? [new ProgressBar()] : []), ...(keeper === null ? [] : [keeper])];
    const step = new TrainingStep(trainee, classWeight, capture, accumulate);
    this.#training = step;
    employ(trainee.optimizer);
    const endings = new Endings();
    await endings.run(async () => {
      signal?.throwIfAborted();
      const resumption = resume && keeper !== null ? await keeper.find() : null;
      const kept = { guard, stepLosses: steps.loss, incidents, keeper, resumption };
      await trainLoop(trainee, step, train, { ...settings, ...kept, callbacks: all, validation });
    });
    this.#training = null;
    this.#captureStatus = step.captureStatus;
    await endings.run(() => retire(trainee.optimizer));
    endings.finish();
    return this.history;
  }

  /**
   * Computes loss and metrics over data, in evaluation mode. They do not depend on the batch size. Weights of samples count in both.
   * @param data { x, y, weight? } or an (async) iterable of such batches
   * @param options.batchSize number of samples that are computed at once, default 256
   * @param options.yieldEvery milliseconds after which the event loop gets a turn, as in `fit`; default 10
   * @param options.signal signal that aborts the run, which rejects with its reason
   * @returns { loss, accuracy, … }
   * @throws GraphError before compile, or while another run gathers figures in the same metrics; ArgumentError, ShapeError
   * @example const { loss, accuracy } = await model.evaluate({ x, y });
   */
  async evaluate(data: TrainingData, options?: EvaluateOptions): Promise<Logs> {
    checkData(EVALUATE.op, data);
    checkArity(EVALUATE.op, arguments.length, 2);
    const { batchSize, yieldEvery, signal } = EVALUATE.readOptions(options);
    signal?.throwIfAborted();
    const evaluation = new Evaluation("evaluate", this.trainee("evaluate"), data);
    try {
      return await evaluation.run({ batchSize, breather: new Breather(yieldEvery), signal });
    } finally {
      evaluation.dispose();
    }
  }

  /**
   * Computes the model's results, in evaluation mode: a tensor of data, or a list of tensors if the model has several outputs. It may
   * be called while the model is training. Batches of up to 1 MB are captured (see `capture`) if every layer is the library's or marked
   * capturable. A repeated prediction then takes the time of its products and a few microseconds.
   * @param x samples along the first axis; a list of tensors for several inputs; or an (async) iterable of batches { x } or of such samples,
   *   whose results are joined
   * @param options.batchSize number of samples that are computed at once, default 256; an iterable makes its own batches
   * @param options.yieldEvery milliseconds after which the event loop gets a turn, as in `fit`; default 10
   * @param options.signal signal that aborts the run, which rejects with its reason
   * @throws ArgumentError, ShapeError
   * @example const probabilities = (await model.predict(x)).softmax();
   */
  async predict<T extends Tensor | Tensor[] = Tensor>(x: PredictInputs | PredictBatches, options?: PredictOptions): Promise<T> {
    checkArity(PREDICT.op, arguments.length, 2);
    const settings = PREDICT.readOptions(options);
    this.#prediction ??= new Prediction(this);
    const joined = await this.#prediction.all(x, settings);
    return (joined.length === 1 ? joined[0] : joined) as T;
  }

  /**
   * A table of the layers with output shapes (without the batch), parameter counts and bytes. A shape that is not known yet is "?".
   * The last line, if it is known, is the linear memory that a batch needs besides parameters, gradients and the optimizer.
   * @param print function that receives the text, default console.log
   * @param options.batchSize number of samples in the batch of the last line, ≥ 1, default 32
   * @returns the text
   * @throws ArgumentError
   * @example const text = model.summary();
   */
  summary(print: (text: string) => void = console.log, options?: SummaryOptions): string {
    checkArity(SUMMARY.op, arguments.length, 2);
    if (typeof print !== "function") {
      const mend = "Write summary(console.log, { batchSize: 128 }).";
      throw new ArgumentError(message(SUMMARY.op, `print is ${kindText(print)}; expected a function`, mend));
    }
    const { batchSize } = SUMMARY.readOptions(options);
    const text = summaryText(this, batchSize);
    print(text);
    return text;
  }

  /**
   * Writes the model to one safetensors file: architecture, parameters, buffers and `metadata`. `loadModel` reads it.
   * @param path path of the file, or a file: URL
   * @throws GraphError for a lazy layer that is not built, ArgumentError naming a layer that holds a function, FileError
   * @example await model.save("digits.safetensors");
   */
  async save(path: string | URL): Promise<void> {
    checkArity("save", arguments.length, 1);
    const [tensors, metadata] = this.#content();
    await writeFile(path, safetensorsFile("save", tensors, metadata).pieces, "save");
  }

  /** The bytes that `save` writes, for platforms without files. @example const bytes = model.serialize(); */
  serialize(): Uint8Array {
    checkArity("serialize", arguments.length, 0);
    return wholeFile("serialize", safetensorsFile("serialize", ...this.#content()));
  }

  /** What a file holds of the model: the tensors themselves, not copies, and the metadata. */
  #content(): [Map<string, Tensor>, Record<string, string>] {
    const metadata = fileMetadata(this);
    // A model of the user's may say itself what its state is.
    const state = this.stateDict === Module.prototype.stateDict ? stateOf(this) : this.stateDict();
    return [state, metadata];
  }

  /** @throws ArgumentError naming a layer that holds a function: so it tells, before a long training, whether the model can be saved */
  override describe(): Architecture {
    // The layers get their paths, which errors name.
    place(this);
    const described = super.describe();
    if (this.plan === null) return described;
    const layers = [...this.children().values()];
    return {
      ...described,
      below: undefined,
      layers: layers.map((layer) => layer.describe()),
      inputs: this.plan.inputs.map(({ shape }) => shape.slice(1)),
      dtypes: this.plan.inputs.some(({ dtype }) => dtype !== "float32") ? this.plan.inputs.map(({ dtype }) => dtype) : undefined,
      steps: this.plan.steps.map(({ module, operands, results }) => ({
        layer: layers.indexOf(module),
        operands: [...operands],
        results: results === 1 ? undefined : results,
      })),
      outputs: [...this.plan.outputs],
      outputNames: this.plan.outputNames === null ? undefined : [...this.plan.outputNames],
    };
  }

  /** The shapes of the inputs without the axis of the samples; null if the model does not declare them. */
  inputShapes(): readonly Shape[] | null {
    return this.plan?.inputs.map(({ shape }) => shape.slice(1)) ?? null;
  }

  /** @internal called with each batch of `fit`, `evaluate` and `predict`, unless the step is replayed */
  checkInputs(op: string, inputs: readonly Tensor[]): void {
    checkInputs(op, this, inputs);
  }

  /** @internal the model with what `compile` chose @throws GraphError before compile */
  trainee(op: string): Trainee {
    if (this.#compiled === null)
      throw new GraphError(message(op, "the model is not compiled", 'Call compile({ optimizer: "adam", loss: "crossEntropy" }) first.'));
    return { model: this, ...this.#compiled };
  }
}

function keeperAmong(callbacks: readonly Callback[]): Keeper | null {
  return (callbacks.find((callback) => "stepEnd" in callback) as Keeper | undefined) ?? null;
}

/** @throws ArgumentError for options that do not go together */
function checkTogether(
  { batchSize, stepsPerEpoch, validationSteps }: { batchSize: BatchSize; stepsPerEpoch?: number; validationSteps?: number },
  validation: TrainingData | undefined,
): void {
  if (typeof batchSize === "function" && stepsPerEpoch !== undefined)
    throw new ArgumentError(message("fit", "both stepsPerEpoch and a function as batchSize are given", "Choose one."));
  if (validationSteps !== undefined && validation === undefined)
    throw new ArgumentError(message("fit", "validationSteps is given without validationData"));
}

/** Divides the data into those for training and those for validation. @throws ArgumentError */
function divide(
  data: TrainingData,
  { validationSplit, validationData }: { validationSplit: number; validationData: TrainingData | undefined },
): { train: TrainingData; validation: TrainingData | undefined } {
  if (validationSplit === 0) return { train: data, validation: validationData };
  if (validationData !== undefined)
    throw new ArgumentError(message("fit", "both validationSplit and validationData are given", "Choose one."));
  if (!isSamples(data))
    throw new ArgumentError(message("fit", "validationSplit needs samples in memory { x, y }", "Give validationData beside an iterable."));
  return splitOff(toBatch("fit", data), validationSplit);
}
