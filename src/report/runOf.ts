import { Model } from "../model/model.js";
import { VERSION } from "../model/version.js";
import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import type { History } from "../train/history.js";
import type { EpochSeries, Run, Setting } from "./run.js";
import { seriesOf } from "./stepBuckets.js";
import { modelTable, optimizerTable } from "./tables.js";

/** What a history has of a run: figures, findings, incidents. */
export function partsOf(history: History): Pick<Run, "records" | "findings" | "incidents"> & { figures: EpochSeries["figures"] } {
  const { records, findings, incidents } = history;
  const figures = Object.entries(history.history).map(([name, list]) => [name, list.map(finite)] as const);
  return { records: [...records], findings: [...findings], incidents: [...incidents], figures: Object.fromEntries(figures) };
}

/** The run of a training that nobody recorded: without times, rates and settings. */
export function runOf(history: History, model: Model): Run {
  const { figures, ...parts } = partsOf(history);
  const unknown = history.epoch.map(() => null);
  return {
    id: newId(),
    name: typeOf(model),
    started: null,
    ended: null,
    status: "done",
    version: VERSION,
    machine: null,
    model: modelTable(model),
    optimizer: model.compiled && optimizerTable(model.compiled.optimizer),
    settings: goalSettings(model),
    steps: seriesOf(history.steps.loss),
    epochs: { epoch: [...history.epoch], step: unknown, seconds: unknown, figures },
    ...parts,
    evaluation: [],
  };
}

/** What the model was compiled for. */
export function goalSettings(model: Module): Record<string, Setting> {
  const compiled = model instanceof Model ? model.compiled : null;
  if (compiled === null) return {};
  const loss = compiled.losses.map(({ name }) => name || "a function").join(", ");
  const metrics = compiled.metrics.map(({ name }) => name).join(", ");
  return {
    loss,
    ...(metrics === "" ? {} : { metrics }),
    ...(compiled.penalty === null ? {} : { penalty: compiled.penalty.name || "a function" }),
  };
}

/** A word that no other run has. It draws nothing from the library's random numbers. */
export function newId(): string {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON has no NaN. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
