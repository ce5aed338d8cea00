import { basename } from "node:path";
import pico from "picocolors";
import { CharTokenizer } from "../data/charTokenizer.js";
import { tokenCrossEntropy } from "../data/tokenCrossEntropy.js";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { kernelBuild } from "../kernels/load.js";
import type { Model } from "../model/model.js";
import { isOfTables } from "../tables/saved.js";
import { TableModel } from "../tables/tableModel.js";
import { DATASET_NAMES, type DatasetName, IMAGE_SETS, type ImageSetName, isText, TEXTS, type TextName } from "./datasets.js";
import { folderTest } from "./folders.js";
import { judgement, judgementText, wholeWindows } from "./judgement.js";
import { NETWORKS, type NetworkName } from "./networks.js";
import { open } from "./open.js";
import { jsonLine, print } from "./output.js";
import { prepared } from "./prepare.js";
import { examine, examineText } from "./report.js";
import { type Source, sourceOf } from "./sources.js";
import { readTable } from "./tableFile.js";
import { scoresText } from "./tableText.js";

export interface EvaluateOptions {
  readonly missing: "error" | "impute";
  readonly json?: boolean;
}

/** Tests a saved model. @param data a data set, or a table with the target; undefined: what it was trained on */
export async function evaluate(file: string, data: string | undefined, options: EvaluateOptions): Promise<void> {
  const model = await open("evaluate", file);
  const source = data === undefined ? null : sourceOf("evaluate", data);
  if (isOfTables(model)) return evaluateTable(file, model, source, options);
  const { json } = options;
  if (model.metadata.size !== undefined) return evaluateFolder(file, model, source, json);
  if (source?.kind === "table" || source?.kind === "folder")
    throw new ArgumentError(message("evaluate", `the model in ${file} was not trained on a table or a folder, as ${source.path} is`));
  const dataset = source?.name ?? trainedOn(model) ?? fitting(file, inputsOf(model));
  if (isText(dataset)) await evaluateText(file, model, dataset, json);
  else await evaluateImages(file, model, dataset, json);
}

async function evaluateTable(file: string, network: Model, source: Source | null, { missing, json }: EvaluateOptions): Promise<void> {
  if (source?.kind !== "table") {
    const { dataset = "a table" } = network.metadata;
    const mend = `Name one with the target: simdgrad evaluate ${file} test.csv.`;
    throw new ArgumentError(message("evaluate", `the model in ${file} was trained on ${dataset}, and takes a table to be tested on`, mend));
  }
  const model = TableModel.of("evaluate", network);
  const scores = await model.evaluate(await readTable(source), { missing });
  if (json) jsonLine({ event: "result", dataset: basename(source.path), ...scores, model: file, kernels: kernelBuild() });
  else print(`${pico.bold(basename(source.path))}: ${scoresText(scores)}`);
}

async function evaluateFolder(file: string, model: Model, source: Source | null, json?: boolean): Promise<void> {
  const { dataset = "a folder", classes = "[]", size, network: name } = model.metadata;
  if (source?.kind !== "folder") {
    const mend = `Name one with the same classes: simdgrad evaluate ${file} photos/.`;
    throw new ArgumentError(
      message("evaluate", `the model in ${file} was trained on the folder ${dataset}, and takes a folder of images`, mend),
    );
  }
  const classNames: string[] = JSON.parse(classes);
  const { set, test } = await folderTest("evaluate", source.path, Number(size), classNames);
  const result = await examine(model, prepared(test, set, NETWORKS[name as NetworkName]));
  if (json) {
    const { misread: _, ...figures } = result;
    jsonLine({ event: "result", dataset: set.name, ...figures, model: file, kernels: kernelBuild() });
  } else print(`${pico.bold(set.name)}: ${examineText(result, { train: test, test, classNames })}`.trimEnd());
}

async function evaluateImages(file: string, model: Model, dataset: ImageSetName, json?: boolean): Promise<void> {
  const network = NETWORKS[(model.metadata.network ?? "mlp") as NetworkName];
  checkFits(file, model, dataset);
  const data = await IMAGE_SETS[dataset].load();
  const result = await examine(model, prepared(data.test, IMAGE_SETS[dataset], network));
  if (json) {
    const { misread: _, ...figures } = result;
    jsonLine({ event: "result", dataset, ...figures, model: file, kernels: kernelBuild() });
  } else print(`${pico.bold(dataset)}: ${examineText(result, data)}`.trimEnd());
}

async function evaluateText(file: string, model: Model, dataset: TextName, json?: boolean): Promise<void> {
  const { tokenizer, sequence } = model.metadata;
  if (tokenizer === undefined) throw new ArgumentError(message("evaluate", `the model in ${file} takes no text, ${dataset} is text`));
  const { validation } = await TEXTS[dataset].load();
  model.compile({ optimizer: "sgd", loss: tokenCrossEntropy });
  const windows = wholeWindows(CharTokenizer.fromJSON(JSON.parse(tokenizer)).encode(validation), Number(sequence));
  const result = await judgement(model, windows);
  if (json) jsonLine({ event: "result", dataset, ...result, model: file, kernels: kernelBuild() });
  else print(`${pico.bold(dataset)}: ${judgementText(result)}`);
}

/** The data set that a model of the command was trained on. */
function trainedOn(model: Model): DatasetName | undefined {
  return DATASET_NAMES.find((name) => name === model.metadata.dataset);
}

/** @throws ArgumentError for a model of other inputs */
function checkFits(file: string, model: Model, dataset: ImageSetName): void {
  const has = IMAGE_SETS[dataset].shape;
  const known = trainedOn(model);
  if (known !== undefined && (isText(known) || String(IMAGE_SETS[known].shape) !== String(has))) {
    const takes = isText(known) ? "text" : `images [${IMAGE_SETS[known].shape.join(", ")}]`;
    throw new ArgumentError(message("evaluate", `the model in ${file} takes ${takes}, ${dataset} has images [${has.join(", ")}]`));
  }
  const inputs = inputsOf(model);
  if (known === undefined && inputs !== undefined && inputs !== pixelsOf(dataset))
    throw new ArgumentError(message("evaluate", `the model in ${file} takes ${inputs} inputs, ${dataset} has ${pixelsOf(dataset)}`));
}

/** The number of inputs of a model of rows: the last extent of its first weight, [out, in]. */
function inputsOf(model: Model): number | undefined {
  const [weight] = model.stateDict().values();
  return weight?.shape.at(-1);
}

function pixelsOf(dataset: ImageSetName): number {
  const [channels, height, width] = IMAGE_SETS[dataset].shape;
  return channels * height * width;
}

function fitting(file: string, inputs: number | undefined): DatasetName {
  const names = Object.keys(IMAGE_SETS) as ImageSetName[];
  const found = names.filter((name) => pixelsOf(name) === inputs);
  if (found.length === 1) return found[0];
  const what = found.length === 0 ? `takes ${inputs} inputs, which no data set here has` : `fits ${found.join(" and ")}`;
  throw new ArgumentError(
    message(
      "evaluate",
      `the model in ${file} ${what}`,
      `Say which: simdgrad evaluate ${file} <${(found.length === 0 ? names : found).join("|")}>.`,
    ),
  );
}
