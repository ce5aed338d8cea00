import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { loadModel } from "../model/load.js";
import { Model } from "../model/model.js";
import { CUSTOM } from "./custom.js";

/** Loads a model that `train` saved. @throws ArgumentError, FileError */
export async function open(command: string, file: string): Promise<Model> {
  const model = await loadModel(file, { custom: CUSTOM });
  if (!(model instanceof Model)) throw new ArgumentError(message(command, `${file} holds a module that is no model`));
  return model;
}
