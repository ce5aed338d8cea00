import type { ModuleClass } from "../model/rebuild.js";
import { CharModel } from "../models/charModel.js";
import { CifarResNet } from "../models/cifarResNet.js";
import { Gpt } from "../models/gpt.js";

/** The classes of models that a file of the command may hold, by type. */
export const CUSTOM: Readonly<Record<string, ModuleClass>> = {
  [CharModel.type]: CharModel,
  [CifarResNet.type]: CifarResNet,
  [Gpt.type]: Gpt,
};
