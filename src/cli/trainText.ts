import pico from "picocolors";
import { CharTokenizer } from "../data/charTokenizer.js";
import { generate } from "../data/generate.js";
import { windowBatches } from "../data/sequences.js";
import { tokenCrossEntropy } from "../data/tokenCrossEntropy.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { TextDataset } from "../io/shakespeare.js";
import { kernelBuild } from "../kernels/load.js";
import { amount, countParameters, run } from "./course.js";
import { TEXTS, type TextName } from "./datasets.js";
import { fittingLanguage } from "./fitting.js";
import { judgement, judgementText, wholeWindows } from "./judgement.js";
import { LANGUAGES } from "./languages.js";
import { jsonLine, print } from "./output.js";
import { SCHEDULES } from "./schedules.js";
import type { Training, TrainOptions } from "./train.js";

/** What is shown of a trained model. */
const SHOWN = { length: 300, temperature: 0.8 };

/** The training of a model of text. @throws ArgumentError for options that do not go together */
export function textTraining(dataset: TextName, options: TrainOptions & { out: string }): Training<TextDataset> {
  const name = fittingLanguage(dataset, options.model ?? "lstm");
  const forImages = (["hidden", "activation", "dropout", "validation", "augment"] as const).find((option) => options[option] !== undefined);
  if (forImages !== undefined)
    throw new ArgumentError(message("train", `--${forImages} is given, which is for images, not for ${dataset}`));
  const { defaults, build } = LANGUAGES[name];
  const { learningRate, seed, out, json } = options;
  const settings = {
    ...{ epochs: defaults.epochs, batch: defaults.batch, sequence: defaults.sequence, schedule: "cosine", ...given(options) },
    optimizer: {
      ...(options.optimizer === undefined ? defaults.optimizer : { name: options.optimizer }),
      ...(learningRate !== undefined && { learningRate }),
    },
  };
  return {
    load: (signal) => TEXTS[dataset].load(signal),
    run: async ({ train, validation }, interruption) => {
      const { epochs, batch, sequence, optimizer, schedule } = settings;
      const tokenizer = CharTokenizer.fit(train + validation);
      const model = build(tokenizer.size, sequence).compile({ optimizer: optimizer as never, loss: tokenCrossEntropy });
      Object.assign(model.metadata, { dataset, network: name, tokenizer: JSON.stringify(tokenizer), sequence: String(sequence) });
      const steps = options.steps ?? Math.max(1, Math.floor((train.length - 1) / (batch * sequence)));
      const windows = windowBatches(tokenizer.encode(train), { batchSize: batch, length: sequence, steps });
      model.optimizer.learningRate = SCHEDULES[schedule](model.optimizer.learningRate as number, { epochs, stepsPerEpoch: steps });
      const held = wholeWindows(tokenizer.encode(validation), sequence);
      if (!json) {
        const rate = optimizer.learningRate === undefined ? "" : ` ${optimizer.learningRate}`;
        print(
          [
            `${pico.bold(dataset)}: ${amount(train.length)} characters to train on, ${amount(validation.length)} to judge by, ${tokenizer.size} kinds`,
            `${name}, ${amount(countParameters(model))} parameters`,
            pico.dim(
              `${optimizer.name}${rate}${schedule === "constant" ? "" : `, ${schedule} schedule`}, batches of ${batch} × ${sequence}, ${epochs} epochs, seed ${seed}, ${kernelBuild()} kernels`,
            ),
            "",
          ].join("\n"),
        );
      }
      const seconds = await run(
        model,
        windows,
        { dataset, epochs, seed, out, json },
        { stepsPerEpoch: steps, validationData: held },
        interruption,
      );
      if (seconds === null) return false;
      const result = await judgement(model, held);
      const text = await generate(model, tokenizer, { ...SHOWN, seed });
      if (json) {
        jsonLine({
          ...{ event: "result", dataset, network: name, ...result, text, epochs, parameters: countParameters(model), model: out, seed },
          ...{ kernels: kernelBuild(), seconds },
        });
        return true;
      }
      print(judgementText(result));
      print(`\n${text.trim()}\n`);
      print(`${epochs} epochs in ${seconds.toFixed(1)} s; the model is saved in ${pico.bold(out)}`);
      print(pico.dim(`more of it: simdgrad generate ${out} --prompt "ROMEO:" --length 500`));
      return true;
    },
  };
}

/** The options that are there and were given. */
function given({
  epochs,
  batch,
  sequence,
  schedule,
}: TrainOptions): Partial<{ epochs: number; batch: number; sequence: number; schedule: string }> {
  return Object.fromEntries(Object.entries({ epochs, batch, sequence, schedule }).filter(([, value]) => value !== undefined));
}
