import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { DATASET_NAMES, type DatasetName, IMAGE_SETS, type ImageSetName, isText, type TextName } from "./datasets.js";
import { LANGUAGES, type LanguageName } from "./languages.js";
import { NETWORKS, type NetworkName } from "./networks.js";

/** Which models fit which data sets. */

/** All models by name, with what each is. */
export const MODELS: Readonly<Record<string, { readonly about: string }>> = {
  ...NETWORKS,
  ...LANGUAGES,
  linear: { about: "one linear layer" },
};

/** The models of tables. */
export const TABULAR: readonly string[] = ["mlp", "linear"];

/** A network for images. @throws ArgumentError unless it fits the data set */
export function fittingNetwork(dataset: ImageSetName, model: string): NetworkName {
  if (!fits(model, dataset)) throw misfit(dataset, model);
  return model as NetworkName;
}

/** A model for text. @throws ArgumentError unless it fits the data set */
export function fittingLanguage(dataset: TextName, model: string): LanguageName {
  if (!fits(model, dataset)) throw misfit(dataset, model);
  return model as LanguageName;
}

function fits(model: string, dataset: DatasetName): boolean {
  if (isText(dataset)) return Object.hasOwn(LANGUAGES, model);
  const network = Object.hasOwn(NETWORKS, model) ? NETWORKS[model as NetworkName] : null;
  return network !== null && IMAGE_SETS[dataset].shape[1] >= network.least;
}

function misfit(dataset: DatasetName, model: string): ArgumentError {
  const known = Object.keys(MODELS).filter((name) => fits(name, dataset));
  return new ArgumentError(
    message("train", `${model} takes ${takes(model)}, ${dataset} has ${has(dataset)}`, `What fits: ${known.join(", ")}.`),
  );
}

function takes(model: string): string {
  if (Object.hasOwn(LANGUAGES, model)) return "text";
  const { least } = NETWORKS[model as NetworkName];
  return least === 1 ? "images" : `images of at least ${least} × ${least}`;
}

function has(dataset: DatasetName): string {
  if (isText(dataset)) return "text";
  const [, height, width] = IMAGE_SETS[dataset].shape;
  return `images of ${height} × ${width}`;
}

/** The table of models for --help. */
export function modelsText(): string {
  const names = Object.keys(MODELS);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const sets = DATASET_NAMES.filter((dataset) => fits(name, dataset));
    const which = sets.length === Object.keys(IMAGE_SETS).length ? ["all images"] : sets;
    const tables = TABULAR.includes(name) ? ["tables"] : [];
    return `  ${name.padEnd(width)}  ${MODELS[name].about} (${[...which, ...tables].join(", ")})`;
  });
  return ["", "Models and the data that they fit:", ...lines].join("\n");
}
