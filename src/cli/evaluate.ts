import pico from "picocolors";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { kernelBuild } from "../kernels/load.js";
import { loadModel } from "../model/load.js";
import { Model } from "../model/model.js";
import { DATASETS, type DatasetName } from "./datasets.js";
import { jsonLine, print } from "./output.js";
import { examine, examineText } from "./report.js";

/** Tests a saved model on a data set. */
export async function evaluate(file: string, name: DatasetName | undefined, { json }: { json?: boolean }): Promise<void> {
  const model = await loadModel(file);
  if (!(model instanceof Model)) throw new ArgumentError(message("evaluate", `${file} holds a module that is no model`));
  const inputs = inputsOf(model);
  const dataset = name ?? fitting(file, inputs);
  const { side, load } = DATASETS[dataset];
  if (inputs !== undefined && inputs !== side * side) {
    throw new ArgumentError(message("evaluate", `the model in ${file} takes ${inputs} inputs, ${dataset} has ${side * side}`));
  }
  const data = await load();
  const result = await examine(model, data);
  if (json) {
    const { misread: _, ...figures } = result;
    jsonLine({ event: "result", dataset, ...figures, model: file, kernels: kernelBuild() });
  } else print(`${pico.bold(dataset)}: ${examineText(result, data, side)}`.trimEnd());
}

/** The number of inputs of a model: the last extent of its first weight, [out, in]. */
function inputsOf(model: Model): number | undefined {
  const [weight] = model.stateDict().values();
  return weight?.shape.at(-1);
}

function fitting(file: string, inputs: number | undefined): DatasetName {
  const names = Object.keys(DATASETS) as DatasetName[];
  const found = names.filter((name) => DATASETS[name].side * DATASETS[name].side === inputs);
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
