import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { DATASET_NAMES, IMAGE_SETS, type ImageSet, isText, type TextName } from "./datasets.js";
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
export function fittingNetwork(set: ImageSet, model: string): NetworkName {
  if (!fits(model, set)) throw misfit(set, model);
  return model as NetworkName;
}

/** A model for text. @throws ArgumentError unless it fits the data set */
export function fittingLanguage(dataset: TextName, model: string): LanguageName {
  if (!fits(model, null)) throw misfit({ name: dataset }, model);
  return model as LanguageName;
}

/** @param set images; null: a text */
function fits(model: string, set: ImageSet | null): boolean {
  if (set === null) return Object.hasOwn(LANGUAGES, model);
  const network = Object.hasOwn(NETWORKS, model) ? NETWORKS[model as NetworkName] : null;
  return network !== null && set.shape[1] >= network.least;
}

function misfit(set: ImageSet | { readonly name: string }, model: string): ArgumentError {
  const images = "shape" in set ? set : null;
  const known = Object.keys(MODELS).filter((name) => fits(name, images));
  const has = images === null ? "text" : `images of ${images.shape[1]} × ${images.shape[2]}`;
  return new ArgumentError(message("train", `${model} takes ${takes(model)}, ${set.name} has ${has}`, `What fits: ${known.join(", ")}.`));
}

function takes(model: string): string {
  if (Object.hasOwn(LANGUAGES, model)) return "text";
  if (!Object.hasOwn(NETWORKS, model)) return "tables";
  const { least } = NETWORKS[model as NetworkName];
  return least === 1 ? "images" : `images of at least ${least} × ${least}`;
}

/** The table of models for --help. */
export function modelsText(): string {
  const names = Object.keys(MODELS);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const sets = DATASET_NAMES.filter((dataset) => fits(name, isText(dataset) ? null : IMAGE_SETS[dataset]));
    const which = sets.length === Object.keys(IMAGE_SETS).length ? ["all images"] : sets;
    const tables = TABULAR.includes(name) ? ["tables"] : [];
    return `  ${name.padEnd(width)}  ${MODELS[name].about} (${[...which, ...tables].join(", ")})`;
  });
  return ["", "Models and the data that they fit:", ...lines].join("\n");
}
