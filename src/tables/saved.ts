import { ColumnTransformer } from "../data/columnTransformer.js";
import { preprocessorFrom } from "../data/preprocessorFrom.js";
import { StandardScaler } from "../data/standardScaler.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Model } from "../model/model.js";
import { isPlain } from "../options/plain.js";
import { checkPlan } from "./checkPlan.js";
import type { TablePlan } from "./plan.js";

/** What a model of tables has learned. */
export interface Fitted {
  readonly network: Model;
  readonly features: ColumnTransformer;
  /** Of a regression: what its targets were scaled by. */
  readonly scaler: StandardScaler | null;
  /** What is predicted without looking at the features: the number of the most frequent class, or the mean. */
  readonly usual: number;
}

/** The name of the entry in a network's metadata that says how a table becomes its input, and its output a prediction. */
const KEY = "table";
const VERSION = 1;

/** Writes into the network's metadata all that a file of it needs beside the weights. A checkpoint of it has that, too. */
export function remember(plan: TablePlan, { network, features, scaler, usual }: Fitted): void {
  network.metadata[KEY] = JSON.stringify({ version: VERSION, plan, features, scaler, usual });
}

/** Whether a network is part of a model of tables. */
export function isOfTables({ metadata }: Model): boolean {
  return metadata[KEY] !== undefined;
}

/** Takes back what `remember` wrote. @throws ArgumentError for a network without it, and where it is damaged */
export function recall(op: string, network: Model): { plan: TablePlan; fitted: Fitted } {
  if (!isOfTables(network)) {
    const mend = "Read it with loadModel, which gives a model of tensors.";
    throw new ArgumentError(message(op, "the model in the file was not trained on a table", mend));
  }
  const saved = parsed(op, network.metadata[KEY]);
  if (!isPlain(saved)) throw damaged(op, `it is ${kindText(saved)}`);
  const { version, plan, features, scaler, usual } = saved;
  if (version !== VERSION)
    throw new ArgumentError(
      message(op, `the table's part has version ${kindText(version)}; this simdgrad reads ${VERSION}`, "Update simdgrad."),
    );
  const checked = checkPlan(op, plan);
  const transformer = preprocessorFrom(features as never);
  if (!(transformer instanceof ColumnTransformer) || !transformer.fitted) throw damaged(op, "its features are no fitted ColumnTransformer");
  const ofTargets = scaler === null ? null : preprocessorFrom(scaler as never);
  if (checked.classes === null ? !(ofTargets instanceof StandardScaler && ofTargets.fitted) : ofTargets !== null)
    throw damaged(op, `its targets are scaled by ${kindText(scaler)}`);
  if (typeof usual !== "number" || !Number.isFinite(usual) || (checked.classes !== null && checked.classes[usual] === undefined))
    throw damaged(op, `the usual prediction is ${kindText(usual)}`);
  return { plan: checked, fitted: { network, features: transformer, scaler: ofTargets as StandardScaler | null, usual } };
}

function parsed(op: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(op, "it is no JSON");
  }
}

function damaged(op: string, what: string): ArgumentError {
  return new ArgumentError(message(op, `what the file says of its table is damaged: ${what}`));
}
