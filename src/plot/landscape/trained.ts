import { normalize } from "../../data/normalize.js";
import { transformed } from "../../data/transformed.js";
import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { loadCifar10 } from "../../io/cifar10.js";
import type { Labelled } from "../../io/dataset.js";
import { makeFolder } from "../../io/makeFolder.js";
import { paths } from "../../io/node.js";
import { writeFile } from "../../io/write.js";
import type { Model } from "../../model/model.js";
import { cifarResNet } from "../../models/cifarResNet.js";
import { DenseNet } from "../../models/denseNet.js";
import { concat } from "../../ops/joining.js";
import { cosineDecay } from "../../optim/schedules/cosineDecay.js";
import { manualSeed } from "../../tensor/seed.js";
import { countBatches } from "../../train/batches.js";
import type { Progress } from "../describe.js";
import { landscapeText } from "./gridFile.js";
import type { Landscape } from "./landscape.js";
import { lossLandscape } from "./lossLandscape.js";

/** A network whose landscape is drawn. */
interface Subject {
  readonly title: string;
  /** @param skips null where the network has no plain form */
  make(skips: boolean): Model;
  readonly plain: boolean;
}

function residual(depth: number): Subject {
  return { title: `ResNet-${depth}`, make: (skip) => cifarResNet(depth, { skip }), plain: true };
}

/** The networks by their names on the command line. That of DenseNet-121 has its blocks and a fourth of its channels, for images of 32 × 32. */
export const SUBJECTS = {
  resnet20: residual(20),
  resnet56: residual(56),
  resnet110: residual(110),
  densenet121: {
    title: "DenseNet-121, growth 8",
    make: () => new DenseNet({ growth: 8, stem: 16, classes: 10, inputShape: [3, 32, 32] }),
    plain: false,
  },
} satisfies Record<string, Subject> as Record<SubjectName, Subject>;

export type SubjectName = "resnet20" | "resnet56" | "resnet110" | "densenet121";

/** What a landscape rests on. */
export interface LandscapeSettings {
  readonly points: number;
  readonly span: number;
  readonly samples: number;
  readonly images: number;
  readonly epochs: number;
  readonly seed: number;
  readonly folder: string;
}

const OP = "loss-landscape";
const BATCH = 128;
/** The peak of the rate: at 0.1, the paper's, neither network of 56 layers learns in a few epochs without a warm-up. */
const RATE = 0.03;
/** What an epoch costs, in forward passes over the images: a forward is one, a backward two. */
const PASSES = 3;

/**
 * Trains a network on CIFAR-10 and computes its landscape. Both are kept in files as they go, so that the same call goes on where it was
 * ended, and comes to the same numbers.
 */
export async function trainedLandscape(
  name: SubjectName,
  skips: boolean,
  settings: LandscapeSettings,
  progress: Progress,
): Promise<Landscape> {
  const subject = SUBJECTS[name];
  if (!skips && !subject.plain) throw new ArgumentError(message(OP, `${name} has no plain form`, "Leave --no-skips and --compare away."));
  const { points, span, samples, images, epochs, seed, folder } = settings;
  const stem = `${name}${skips ? "" : "-plain"}-${images}x${epochs}-${seed}`;
  makeFolder(OP, folder);
  const file = (ending: string): string => paths(OP).join(folder, `${stem}${ending}`);
  const { train } = await loadCifar10({ dtype: "uint8" });
  const data = scaled(firstOf(train, images));
  const model = await trained(subject.make, skips, data, settings, file("-training.safetensors"), progress);
  const title = skips || !subject.plain ? subject.title : `${subject.title} without skip connections`;
  const whole = PASSES * epochs * data.x.shape[0];
  const grid = points * points * Math.min(samples, data.x.shape[0]);
  const landscape = await lossLandscape(model, firstOf(data, samples), {
    ...{ points, span, seed, title, file: file(`-${points}x${span}-${samples}.losses.json`) },
    onProgress: ({ done, of, secondsLeft }) =>
      progress((whole + (grid * done) / of) / (whole + grid), `${title}: ${done} of ${of} points, ${timeText(secondsLeft)} left`),
  });
  await writeFile(file(`-${points}x${span}-${samples}.json`), new TextEncoder().encode(landscapeText(landscape)), OP);
  return landscape;
}

async function trained(
  make: (skips: boolean) => Model,
  skips: boolean,
  data: Labelled,
  { epochs, seed, points, samples }: LandscapeSettings,
  path: string,
  progress: Progress,
): Promise<Model> {
  manualSeed(seed);
  const model = make(skips);
  const steps = epochs * countBatches(data.x.shape[0], BATCH);
  const optimizer = { name: "sgd", learningRate: cosineDecay(RATE, { steps }), momentum: 0.9, nesterov: true, weightDecay: 5e-4 } as const;
  model.compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
  const share = (PASSES * data.x.shape[0]) / (PASSES * epochs * data.x.shape[0] + points * points * samples);
  const begin = performance.now();
  let first = 0;
  await model.fit(data, {
    ...{ epochs, batchSize: BATCH, verbose: 0, checkpoint: path, resume: true },
    callbacks: [
      {
        onTrainBegin: ({ initialEpoch }: { initialEpoch: number }) => {
          first = initialEpoch;
        },
        onEpochEnd: (epoch: number, { loss }: { loss: number }) => {
          const left = ((performance.now() - begin) / 1000 / (epoch + 1 - first)) * (epochs - epoch - 1);
          progress((epoch + 1) * share, `epoch ${epoch + 1} of ${epochs}, loss ${loss.toFixed(2)}, ${timeText(left)} left of the training`);
        },
      },
    ],
  });
  return model;
}

function firstOf({ x, y }: Labelled, count: number): Labelled {
  const end = Math.min(count, x.shape[0]);
  return { x: x.slice([[0, end]]), y: y.slice([[0, end]]) };
}

/** The images with CIFAR-10's mean 0 and deviation 1. */
function scaled({ x, y }: Labelled): Labelled {
  const scale = normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);
  const parts = Array.from(transformed({ x }, scale, { batchSize: 1000, shuffle: false }), (batch) => batch.x);
  return { x: concat(parts, 0), y };
}

function timeText(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}
