import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Dataset, Labelled } from "../io/dataset.js";
import { kernelBuild } from "../kernels/load.js";
import { findLearningRate } from "../model/findLearningRate.js";
import type { Model } from "../model/model.js";
import { shareOf } from "../options/share.js";
import { countBatches } from "../train/batches.js";
import { splitOff, toBatch } from "../train/data.js";
import { settingsOf } from "./config.js";
import { amount, type Course, countParameters, epochsText, patienceOf, run, watchedShare } from "./course.js";
import { IMAGE_SETS, type ImageSet, type ImageSetName } from "./datasets.js";
import { fittingNetwork } from "./fitting.js";
import { NETWORKS, type Network, type NetworkName, optimizerOf, widthsFor } from "./networks.js";
import { jsonLine, print } from "./output.js";
import { augmented, prepared } from "./prepare.js";
import { examine, examineText } from "./report.js";
import { SCHEDULES } from "./schedules.js";
import type { Given, Setup, Training } from "./train.js";
import type { TrainOptions } from "./trainOptions.js";

type Settings = Course & {
  readonly network: NetworkName;
  readonly batch: number;
  readonly optimizer: { readonly name: string; readonly [option: string]: unknown };
  readonly schedule: string;
  readonly validation: number;
  readonly augment: boolean;
};

/** The training of a classifier of images. @throws ArgumentError for options that do not go together */
export function imageTraining(set: ImageSet, options: Given): Training<Dataset> {
  const dataset = set.name;
  const name = fittingNetwork(set, options.model ?? "mlp");
  const network = NETWORKS[name];
  checkTogether(name, network, options);
  const defaults = network.defaults(set);
  const chosen = {
    epochs: options.epochs ?? defaults.epochs,
    batch: options.batch ?? defaults.batch,
    optimizer: optimizerOf(options, defaults.optimizer),
    schedule: options.schedule ?? "cosine",
    validation: watchedShare(options),
    augment: options.augment ?? false,
  };
  const [patience, layers] = [patienceOf(options), network.rows ? widthsFor(set, options) : {}];
  const config = settingsOf(options, { ...chosen, ...layers, model: name, earlyStopping: patience });
  const settings: Settings = { ...options, ...chosen, ...{ dataset, network: name, patience, config } };
  const model = network.build(set, options);
  model.compile({ optimizer: settings.optimizer as never, loss: "crossEntropy", metrics: ["accuracy"] });
  Object.assign(model.metadata, { dataset, network: name, settings: JSON.stringify(config) });
  const setUp = (data: Dataset): Setup => {
    // Of a well-known data set the name says it all.
    if (!Object.hasOwn(IMAGE_SETS, dataset) || IMAGE_SETS[dataset as ImageSetName] !== set)
      Object.assign(model.metadata, { classes: JSON.stringify(data.classNames), size: String(set.shape[1]) });
    const { batch, validation, augment } = settings;
    const samples = data.train.x.shape[0];
    const steps = countBatches(samples - Math.floor(shareOf(samples, validation)), batch);
    model.optimizer.learningRate = SCHEDULES[settings.schedule](model.optimizer.learningRate as number, {
      epochs: settings.epochs,
      stepsPerEpoch: steps,
    });
    const { training, fitting, findRate } = augment ? changing(data, set, settings, steps) : still(data, set, settings);
    return {
      course: settings,
      fit: (options) => model.fit(training, { ...options, ...fitting }),
      findRate: (options) => findLearningRate(model, training, { ...findRate, ...options }),
      save: (file) => model.save(file),
      subject: () => ({ model, data: prepared(data.test, set, network), classNames: data.classNames }),
    };
  };
  return {
    load: (signal) => set.load(signal),
    setUp,
    run: async (data, interruption) => {
      const { out, json } = settings;
      const trainable = setUp(data);
      if (!json) print(introduction(model, data, set, settings, options));
      const finished = await run(trainable, settings, interruption);
      if (finished === null) return false;
      const { seconds, epochs } = finished;
      const result = await examine(model, prepared(data.test, set, network));
      if (json) {
        const { misread: _, ...figures } = result;
        const { seed } = settings;
        jsonLine({
          ...{ event: "result", dataset, network: name, ...figures, epochs, parameters: countParameters(model), model: out, seed },
          ...{ kernels: kernelBuild(), seconds },
        });
        return true;
      }
      print(examineText(result, data));
      print(`${epochsText(epochs)} in ${seconds.toFixed(1)} s; the model is saved in ${pico.bold(out)}`);
      return true;
    },
  };
}

/** Images as they are. */
function still({ train }: Dataset, set: ImageSet, { network, batch, validation }: Settings) {
  const training = prepared(train, set, NETWORKS[network]);
  return { training, fitting: { batchSize: batch, validationSplit: validation }, findRate: { batchSize: batch } };
}

/** Images that are changed in each epoch. Those that are watched stay as they are. */
function changing({ train }: Dataset, set: ImageSet, { network, batch, validation }: Settings, stepsPerEpoch: number) {
  if (validation === 0) return { training: augmented(train, set, batch), fitting: { stepsPerEpoch }, findRate: {} };
  const parts = splitOff(toBatch("train", train), validation) as { train: Labelled; validation: Labelled };
  const validationData = prepared(parts.validation, set, NETWORKS[network]);
  return { training: augmented(parts.train, set, batch), fitting: { stepsPerEpoch, validationData }, findRate: {} };
}

/** @throws ArgumentError for an option that another network has, and for two that exclude each other */
function checkTogether(name: NetworkName, { rows }: Network, options: TrainOptions): void {
  const given = (["hidden", "activation", "dropout"] as const).find((option) => options[option] !== undefined);
  if (given !== undefined && name !== "mlp")
    throw new ArgumentError(message("train", `--${given} is given, which is for --model mlp, not for ${name}`));
  if (options.augment && rows)
    throw new ArgumentError(message("train", `--augment changes images, and ${name} takes rows of pixels`, "Choose another --model."));
}

function introduction(model: Model, { train, test }: Dataset, set: ImageSet, settings: Settings, options: TrainOptions): string {
  const { dataset, network, optimizer, schedule, epochs, batch, seed, augment } = settings;
  const rate = optimizer.learningRate === undefined ? "" : ` ${optimizer.learningRate}`;
  const course = schedule === "constant" ? "" : `, ${schedule} schedule`;
  return [
    `${pico.bold(dataset)}: ${amount(train.x.shape[0])} images to train on${augment ? ", augmented" : ""}, ${amount(test.x.shape[0])} to test`,
    `${network === "mlp" ? perceptron(train.x.size / train.x.shape[0], set, options) : network}, ${amount(countParameters(model))} parameters`,
    pico.dim(`${optimizer.name}${rate}${course}, batches of ${batch}, ${epochsText(epochs)}, seed ${seed}, ${kernelBuild()} kernels`),
    "",
  ].join("\n");
}

/** The layers of a perceptron: 64 → 256 relu, dropout 0.3 → 10. */
function perceptron(inputs: number, set: ImageSet, options: TrainOptions): string {
  const { hidden, activation, dropout } = widthsFor(set, options);
  const between = hidden.map((units) => `${units} ${activation}${dropout > 0 ? `, dropout ${dropout}` : ""} → `).join("");
  return `${inputs} → ${between}${set.classes}`;
}
