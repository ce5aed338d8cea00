import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Dataset } from "../io/dataset.js";
import { kernelBuild } from "../kernels/load.js";
import { setThreads } from "../kernels/threads/workers.js";
import { Sequential } from "../model/sequential.js";
import type { ActivationSpec } from "../nn/activations.js";
import { Dense } from "../nn/layers/dense.js";
import { Dropout } from "../nn/layers/dropout.js";
import type { Module } from "../nn/module.js";
import { shareOf } from "../options/share.js";
import { manualSeed } from "../tensor/seed.js";
import { countBatches } from "../train/batches.js";
import { LambdaCallback } from "../train/callbacks.js";
import { ProgressBar } from "../train/progress.js";
import { RunBar } from "./bar.js";
import { DATASETS, type DatasetName, type Defaults } from "./datasets.js";
import { Interruption } from "./interrupt.js";
import { jsonLine, print } from "./output.js";
import { examine, examineText } from "./report.js";
import { SCHEDULES } from "./schedules.js";

export interface TrainOptions {
  hidden?: readonly number[];
  activation: string;
  dropout?: number;
  optimizer: string;
  learningRate?: number;
  schedule: string;
  epochs?: number;
  batch?: number;
  validation: number;
  seed: number;
  threads?: number;
  out?: string;
  json?: boolean;
}

/**
 * Trains a classifier, saves it and tests it.
 * @returns false if the training was interrupted; the model is then saved as trained so far
 */
export async function train(name: DatasetName, options: TrainOptions): Promise<boolean> {
  const { side, load, defaults } = DATASETS[name];
  const settings = { ...defaults, out: `${name}.safetensors`, ...options };
  checkFolder(settings.out);
  const interruption = new Interruption();
  try {
    // Options are checked before the data are loaded, which may take minutes, so that a misspelt name shows at once.
    if (settings.threads !== undefined) await setThreads(settings.threads);
    manualSeed(settings.seed);
    const model = classifier(side * side, settings);
    const data = await interruption.guard(load(interruption.signal));
    if (data === null) {
      process.stderr.write(`${pico.yellow("Interrupted")} before training; nothing is saved.\n`);
      return false;
    }
    return await trainAndTest(name, model, data, settings, interruption);
  } finally {
    interruption.dispose();
  }
}

type Settings = TrainOptions & Defaults & { out: string };

function classifier(inputs: number, { hidden, activation, dropout, optimizer, learningRate }: Settings): Sequential {
  const widths = [inputs, ...hidden];
  const layers = hidden.flatMap((units, i): Module[] => {
    const dense = new Dense(units, { activation: activation as ActivationSpec, inputShape: [widths[i]] });
    return dropout > 0 ? [dense, new Dropout(dropout)] : [dense];
  });
  const model = new Sequential([...layers, new Dense(10, { inputShape: [widths[hidden.length]] })]);
  const rate = learningRate === undefined ? {} : { learningRate };
  return model.compile({ optimizer: { name: optimizer, ...rate } as never, loss: "crossEntropy", metrics: ["accuracy"] });
}

async function trainAndTest(
  name: DatasetName,
  model: Sequential,
  data: Dataset,
  settings: Settings,
  interruption: Interruption,
): Promise<boolean> {
  const { epochs, batch, out, seed, json, validation } = settings;
  const samples = data.train.x.shape[0];
  const kept = samples - Math.floor(shareOf(samples, validation));
  model.optimizer.learningRate = SCHEDULES[settings.schedule](model.optimizer.learningRate as number, {
    epochs,
    stepsPerEpoch: countBatches(kept, batch),
  });
  if (!json) print(introduction(name, model, data, settings));

  const start = performance.now();
  let done = 0;
  const epochLine = new LambdaCallback({
    onEpochEnd: (epoch, logs) => {
      done = epoch + 1;
      if (json) jsonLine({ event: "epoch", epoch: done, epochs, ...logs });
    },
  });
  const bar = process.stderr.isTTY ? new RunBar(process.stderr) : new ProgressBar(process.stderr);
  const { signal } = interruption;
  const fitted = await interruption.guard(
    model.fit(data.train, { epochs, batchSize: batch, validationSplit: validation, callbacks: [epochLine, bar], verbose: 0, signal }),
  );
  const seconds = (performance.now() - start) / 1000;
  await model.save(out);
  // The model is saved now, so Ctrl-C may end the program.
  interruption.dispose();

  if (fitted === null) {
    process.stderr.write(`${pico.yellow("Interrupted")} in epoch ${done + 1} of ${epochs}; the model so far is saved in ${out}\n`);
    if (json) jsonLine({ event: "interrupted", dataset: name, epochs: done, model: out, seed, seconds });
    return false;
  }
  const result = await examine(model, data);
  if (json) {
    const { misread: _, ...figures } = result;
    jsonLine({
      event: "result",
      dataset: name,
      ...figures,
      epochs,
      parameters: countParameters(model),
      model: out,
      seed,
      kernels: kernelBuild(),
      seconds,
    });
  } else {
    print(examineText(result, data, DATASETS[name].side));
    print(`${epochs} epochs in ${seconds.toFixed(1)} s; the model is saved in ${pico.bold(out)}`);
  }
  return true;
}

function introduction(name: string, model: Sequential, { train, test }: Dataset, settings: Settings): string {
  const { hidden, activation, dropout, optimizer, schedule, epochs, batch, seed } = settings;
  const between = hidden.map((units) => `${units} ${activation}${dropout > 0 ? `, dropout ${dropout}` : ""} → `).join("");
  const rate = settings.learningRate === undefined ? "" : ` ${settings.learningRate}`;
  return [
    `${pico.bold(name)}: ${amount(train.x.shape[0])} images to train on, ${amount(test.x.shape[0])} to test`,
    `${train.x.shape[1]} → ${between}10, ${amount(countParameters(model))} parameters`,
    pico.dim(
      `${optimizer}${rate}${schedule === "constant" ? "" : `, ${schedule} schedule`}, batches of ${batch}, ${epochs} epochs, seed ${seed}, ${kernelBuild()} kernels`,
    ),
    "",
  ].join("\n");
}

function countParameters(model: Sequential): number {
  return model.parameters().reduce((sum, { size }) => sum + size, 0);
}

function amount(value: number): string {
  return value.toLocaleString("en");
}

/** Checks that the folder for the model exists, before minutes of training whose result could not be saved. */
function checkFolder(file: string): void {
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new ArgumentError(
      message("train", `cannot write ${file}: the folder ${folder} is missing or read-only`, "Make it, or choose another --out."),
    );
  }
}
