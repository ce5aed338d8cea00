import { verifyReplaysBy } from "./capture/verification.js";
import { VERIFICATION } from "./capture/verify.js";
import { Diagnosis, type DiagnosisOptions } from "./diagnose/diagnosis.js";
import { remakeRulesBy } from "./graph/weightRule.js";
import { Checkpoint, type CheckpointOptions } from "./model/checkpoint.js";
import type { DashboardOptions } from "./model/dashboardOptions.js";
import { LAYERS, layersByType, WEIGHT_RULES } from "./model/rebuild.js";
import * as activations from "./nn/activations/all.js";
import { ACTIVATIONS } from "./nn/activations.js";
import * as constraints from "./nn/constraints.js";
import { INITIALIZERS } from "./nn/drawn.js";
import * as initializers from "./nn/initializers.js";
import * as layers from "./nn/layers.js";
import * as losses from "./nn/losses.js";
import { LOSSES } from "./nn/lossNamed.js";
import { knowOperations } from "./nn/operations.js";
import * as penalties from "./nn/penalties.js";
import { remakeOf } from "./nn/rule.js";
import * as weightRules from "./nn/weightRules.js";
import * as functions from "./ops/functions.js";
import { OPTIMIZERS, optimizersByName } from "./optim/named.js";
import * as optimizers from "./optim/optimizers.js";
import { FiniteGuard } from "./train/finiteGuard.js";
import { KEEPERS } from "./train/keeper.js";
import { METRICS, metricsByName } from "./train/metricNamed.js";
import * as metrics from "./train/metrics.js";
import { DASHBOARDS, DIAGNOSES } from "./train/observer.js";
import { FINITE_GUARDS } from "./train/onNonFinite.js";

/** Words of lectures, which errors translate. They stand here and not at what they mean, since a bundle would carry them. */
function knowWords(): void {
  Object.assign(optimizers.SGD, { aka: ["momentum", "nesterov", "nag"] });
  ACTIVATIONS.explain({ prelu: "prelu learns its slope: put the layer new PReLU() behind." });
  Object.assign(initializers.glorotUniform, { aka: ["xavierUniform", "xavier", "glorot"] });
}

/**
 * What the library has where it is loaded whole, and a bundle has not: whatever the registries export is known by name, and the environment
 * may ask for a check of captured steps. The main door calls this; the published call is annotated as free of effects, so that bundlers drop
 * it, and with it what a program does not import (scripts/bundle.mjs).
 */
export function equipWhole(): void {
  knowWords();
  verifyReplaysBy(VERIFICATION);
  KEEPERS.know((options: CheckpointOptions | string) => new Checkpoint(options));
  DIAGNOSES.know((given: DiagnosisOptions | true) => new Diagnosis(given === true ? {} : given));
  LOSSES.add(losses as never);
  METRICS.add(metricsByName(metrics));
  OPTIMIZERS.add(optimizersByName(optimizers));
  ACTIVATIONS.add(activations as never);
  knowOperations(activations);
  remakeRulesBy(remakeOf({ ...penalties, ...constraints }));
  INITIALIZERS.add(initializers);
  WEIGHT_RULES.add(weightRules);
  LAYERS.add(layersByType(layers));
  knowOperations(functions);
  DASHBOARDS.know(async (given: true | DashboardOptions) => new (await dashboardDoor()).Dashboard(given === true ? {} : given));
  FINITE_GUARDS.know((given) => new FiniteGuard(typeof given === "string" ? { action: given } : given));
}

/**
 * The door `simdgrad/dashboard`, which lies beside this file, published or not. Its address is computed, so that bundlers do not see the
 * import: it would close a circle from the main door back to it, for which they wrap the whole library in a function.
 */
function dashboardDoor(): Promise<typeof import("./dashboard.js")> {
  const [ending] = /\.\w+$/.exec(import.meta.url) as RegExpExecArray;
  return import(/* @vite-ignore */ /* webpackIgnore: true */ new URL(`./dashboard${ending}`, import.meta.url).href);
}
