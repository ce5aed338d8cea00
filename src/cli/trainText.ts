import pico from "picocolors";
import { CharTokenizer } from "../data/charTokenizer.js";
import { generate } from "../data/generate.js";
import { windowBatches } from "../data/sequences.js";
import { tokenCrossEntropy } from "../data/tokenCrossEntropy.js";
import type { TextDataset } from "../io/shakespeare.js";
import { kernelBuild } from "../kernels/load.js";
import { findLearningRate } from "../model/findLearningRate.js";
import type { Model } from "../model/model.js";
import { commandText } from "./again.js";
import { settingsOf } from "./config.js";
import { amount, type Course, countParameters, epochsText, patienceOf, run } from "./course.js";
import { TEXTS, type TextName } from "./datasets.js";
import { fittingLanguage } from "./fitting.js";
import { judgement, judgementText, wholeWindows } from "./judgement.js";
import { LANGUAGES, type LanguageName } from "./languages.js";
import { type Defaults, optimizerOf } from "./networks.js";
import { jsonLine, print } from "./output.js";
import { SCHEDULES } from "./schedules.js";
import type { Given, Setup, Training } from "./train.js";

/** What is shown of a trained model. */
const SHOWN = { length: 300, temperature: 0.8 };

interface Settings extends Course {
  readonly network: LanguageName;
  readonly batch: number;
  readonly sequence: number;
  /** Steps in an epoch; undefined: as many as have the length of the text. */
  readonly steps: number | undefined;
  readonly optimizer: Defaults["optimizer"];
  readonly schedule: string;
}

/** The training of a model of text. @throws ArgumentError for options that do not go together */
export function textTraining(dataset: TextName, options: Given): Training<TextDataset> {
  const settings = languageSettings(dataset, options);
  const { network, epochs, batch, sequence, seed, out, json } = settings;
  const setUp = ({ train, validation }: TextDataset) => {
    const tokenizer = CharTokenizer.fit(train + validation);
    const model = LANGUAGES[network].build(tokenizer.size, sequence);
    model.compile({ optimizer: settings.optimizer as never, loss: tokenCrossEntropy });
    const facts = { tokenizer: JSON.stringify(tokenizer), sequence: String(sequence), settings: JSON.stringify(settings.config) };
    Object.assign(model.metadata, { dataset, network, ...facts });
    const steps = settings.steps ?? Math.max(1, Math.floor((train.length - 1) / (batch * sequence)));
    const rate = model.optimizer.learningRate as number;
    model.optimizer.learningRate = SCHEDULES[settings.schedule](rate, { epochs, stepsPerEpoch: steps });
    const windows = windowBatches(tokenizer.encode(train), { batchSize: batch, length: sequence, steps });
    const held = wholeWindows(tokenizer.encode(validation), sequence);
    const setup: Setup = {
      course: settings,
      fit: (options) => model.fit(windows, { ...options, stepsPerEpoch: steps, validationData: held }),
      findRate: (options) => findLearningRate(model, windows, options),
      save: (file) => model.save(file),
      // A window of characters shows nothing of what was wrong in it.
      subject: () => ({ model, data: held, classNames: tokenizer.characters.map(characterText), worst: 0 }),
    };
    return { ...setup, model, tokenizer, held };
  };
  return {
    load: (signal) => TEXTS[dataset].load(signal),
    setUp,
    run: async (data, interruption) => {
      const { model, tokenizer, held, ...setup } = setUp(data);
      if (!json) print(introduction(model, data, tokenizer, settings));
      const finished = await run(setup, settings, interruption);
      if (finished === null) return false;
      const { seconds, epochs } = finished;
      const result = await judgement(model, held);
      const text = await generate(model, tokenizer, { ...SHOWN, seed });
      if (json) {
        jsonLine({
          ...{ event: "result", dataset, network, ...result, text, epochs, parameters: countParameters(model), model: out, seed },
          ...{ kernels: kernelBuild(), seconds },
        });
        return true;
      }
      print(`${judgementText(result)}\n\n${text.trim()}\n`);
      print(`${epochsText(epochs)} in ${seconds.toFixed(1)} s; the model is saved in ${pico.bold(out)}`);
      print(pico.dim(`more of it: ${commandText(["generate", out, "--prompt", "ROMEO:", "--length", "500"])}`));
      return true;
    },
  };
}

/** @throws ArgumentError */
function languageSettings(dataset: TextName, options: Given): Settings {
  const network = fittingLanguage(dataset, options.model ?? "lstm");
  const { defaults } = LANGUAGES[network];
  const chosen = {
    epochs: options.epochs ?? defaults.epochs,
    batch: options.batch ?? defaults.batch,
    sequence: options.sequence ?? defaults.sequence,
    optimizer: optimizerOf(options, defaults.optimizer),
    schedule: options.schedule ?? "cosine",
  };
  const patience = patienceOf(options);
  const config = settingsOf(options, { ...chosen, model: network, earlyStopping: patience });
  return { ...options, ...chosen, ...{ dataset, network, steps: options.steps, patience, config } };
}

/** A character as a report names it. */
function characterText(character: string): string {
  return /\s/.test(character) ? JSON.stringify(character) : character;
}

function introduction(model: Model, { train, validation }: TextDataset, tokenizer: CharTokenizer, settings: Settings): string {
  const { dataset, network, optimizer, schedule, batch, sequence, epochs, seed } = settings;
  const rate = optimizer.learningRate === undefined ? "" : ` ${optimizer.learningRate}`;
  const course = schedule === "constant" ? "" : `, ${schedule} schedule`;
  return [
    `${pico.bold(dataset)}: ${amount(train.length)} characters to train on, ${amount(validation.length)} to judge by, ${tokenizer.size} kinds`,
    `${network}, ${amount(countParameters(model))} parameters`,
    pico.dim(
      `${optimizer.name}${rate}${course}, batches of ${batch} × ${sequence}, ${epochsText(epochs)}, seed ${seed}, ${kernelBuild()} kernels`,
    ),
    "",
  ].join("\n");
}
