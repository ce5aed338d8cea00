import { expectedStart, isTooHigh } from "../diagnose/findings/startLoss.js";
import { digits } from "../diagnose/findings/words.js";
import { findingsOf } from "../diagnose/findings.js";
import type { DiagnosisInput } from "../diagnose/input.js";
import { inspect } from "../diagnose/inspection.js";
import { probe } from "../diagnose/probe.js";
import { standing } from "../diagnose/standing.js";
import { findingsText } from "../diagnose/told.js";
import { DivergedError } from "../errors/errors.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { count, number } from "../options/kinds.js";
import { type Batch, countSamples, inputsOf, type TrainingData } from "../train/data.js";
import { inEvaluation } from "../train/evaluationStep.js";
import type { Finding } from "../train/finding.js";
import type { Model } from "./model.js";
import { rehearsed } from "./rehearsed.js";
import { failed, passed, type SanityCheck, skipped } from "./sanity/check.js";
import { checkGradients } from "./sanity/gradients.js";
import { type Trial, trainOn } from "./sanity/overfit.js";
import { checkOwnRow } from "./sanity/ownRow.js";
import { lossOf, type Subject, someOf, steady, subjectOf, withoutInputs } from "./sanity/subject.js";
import { parametersOf } from "./summary.js";

const SANITY_CHECK = declare("sanityCheck", {
  /** The samples that are learned by heart, ≥ 2. Default 8. */
  samples: count({ default: 8 }),
  /** The most steps of a trial. Default 300. */
  steps: count({ default: 300 }),
  /** Adam's rate in the trials, > 0. Default 3e-3. */
  learningRate: number({ default: 3e-3, above: 0, aka: ["lr"] }),
});

/** Options of `sanityCheck`. */
export interface SanityCheckOptions extends OptionsOf<typeof SANITY_CHECK> {}

/** What `sanityCheck` found. */
export interface SanityReport {
  /** Whether no check failed, and no finding has a severity above 0.7. */
  readonly ok: boolean;
  readonly checks: readonly SanityCheck[];
  /** What a look at model and data found, the worst first. */
  readonly findings: readonly Finding[];
  /** All of it to be read, a line each. */
  readonly text: string;
}

/** A batch is learned by heart where the loss has fallen to this share of its start. */
const BY_HEART = 0.1;
/** Inputs mean something where the loss without them stays so much higher. */
const WORSE = 1.2;
/** Steps of the model's own optimizer on one batch. */
const OWN_STEPS = 20;
/** Above this severity training cannot go well. */
const SEVERE = 0.7;

/**
 * Checks a compiled model and its data before training, after Karpathy's recipe.
 *
 * That the loss begins where it should; that gradients agree with differences of the loss, and reach every parameter; that a sample's result
 * does not depend on the others in its batch; that a few samples are learned by heart; that the inputs mean something: with inputs of 0 the
 * same training comes to less; and that the loss falls under the model's own optimizer. Afterwards model, optimizer and random numbers are as
 * before, to the bit. A lazy model is built.
 *
 * Karpathy: A Recipe for Training Neural Networks, 2019.
 * @param model compiled
 * @param data { x, y, weight? } or an (async) iterable of such batches, of which the first is taken
 * @param options.samples the samples that are learned by heart, ≥ 2; default 8
 * @param options.steps the most steps of a trial; default 300
 * @param options.learningRate Adam's rate in the trials; default 3e-3
 * @returns the checks, the findings of a look at model and data, and whether all is well
 * @throws GraphError before compile, ArgumentError, ShapeError
 * @example
 * const { ok, text } = await sanityCheck(model, { x, y });
 * if (!ok) console.log(text);
 */
export async function sanityCheck(model: Model, data: TrainingData, options?: SanityCheckOptions): Promise<SanityReport> {
  const { op } = SANITY_CHECK;
  checkArity(op, arguments.length, 3);
  const settings = SANITY_CHECK.readOptions(options);
  const subject = await subjectOf(op, model, data, Math.max(2, settings.samples));
  const { batch } = subject;
  if (parametersOf(model) === null) inEvaluation([...model.namedModules().values()], () => model.forward(...inputsOf(batch)));
  const checks: SanityCheck[] = [];
  let findings: Finding[] = [];
  const gradients = keepGradients(model);
  try {
    await rehearsed(op, model, { x: batch.x, ...(batch.y && { y: batch.y }) }, async () => {
      const start = model.stateDict();
      const input = await looked(subject, data);
      findings = findingsOf(input);
      checks.push(checkStart(input));
      checks.push(checkGradients(subject));
      checks.push(checkOwnRow(subject));
      const trial = trainOn(subject, batch, settings, BY_HEART);
      checks.push(checkReached(subject, trial), checkByHeart(trial, settings.samples));
      model.loadStateDict(start);
      const blind = trainOn(subject, withoutInputs(batch), { ...settings, steps: trial.losses.length - 1 }, 0);
      checks.push(checkInputs(trial, blind));
      model.loadStateDict(start);
      checks.push(await checkFalls(model, subject));
    });
  } finally {
    gradients();
  }
  const ok = checks.every(({ outcome }) => outcome !== "failed") && findings.every(({ severity }) => severity <= SEVERE);
  return { ok, checks, findings, text: textOf(checks, findings) };
}

/** What findings are told: the model as it stands, before any step. */
async function looked({ op, trainee, batch }: Subject, data: TrainingData): Promise<DiagnosisInput> {
  const { model, optimizer } = trainee;
  const many = (await someOf(op, data, 64)) ?? batch;
  const subject = { op, trainee, batch: many };
  const probed = { model, optimizer, losses: trainee.losses, lossOf: (part: Batch) => lossOf(subject, part) };
  const wanted = { wanted: () => true, bins: 16, epoch: 0, noise: false, curvature: false, before: null };
  const look = steady(model, () => probe(probed, many, wanted));
  const record = look === null ? null : { ...look.record, noiseScale: null };
  const losses = record === null ? [] : [record.loss];
  return standing(op, trainee, { look, record, batch: many, data, losses, inspection: inspect(op, model, many, trainee) });
}

function checkStart(input: DiagnosisInput): SanityCheck {
  const expected = expectedStart(input);
  const [loss] = input.losses;
  if (loss === undefined || !Number.isFinite(loss)) return failed("lossAtStart", `The loss before training is ${loss ?? "no number"}.`);
  if (expected === null) return skipped("lossAtStart", `The loss begins at ${digits(loss)}; what it should be is not known.`);
  const seen = `The loss begins at ${digits(loss)}, where ${digits(expected.loss)} is expected: ${expected.text}.`;
  return isTooHigh(loss, expected) ? failed("lossAtStart", seen) : passed("lossAtStart", seen);
}

function checkReached({ trainee: { model } }: Subject, { reached }: Trial): SanityCheck {
  const trained = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad).map(([path]) => path);
  if (trained.length === 0) return skipped("gradientsReach", "No parameter is trained.");
  const missed = trained.filter((path) => !reached.has(path));
  if (missed.length === 0) return passed("gradientsReach", `A gradient reaches each of the ${trained.length} parameters.`);
  const shown = missed.slice(0, 4).join(", ") + (missed.length > 4 ? " …" : "");
  return failed(
    "gradientsReach",
    `No gradient other than 0 reaches ${shown}. Look for detach(), dead units, and results that are not used.`,
  );
}

function checkByHeart({ losses }: Trial, samples: number): SanityCheck {
  const [first] = losses;
  const last = losses[losses.length - 1];
  const seen = `On ${samples} samples alone the loss goes from ${digits(first)} to ${digits(last)} in ${losses.length - 1} steps of Adam`;
  if (last <= BY_HEART * first) return passed("overfitsBatch", `${seen}.`);
  return failed(
    "overfitsBatch",
    `${seen}; expected below ${digits(BY_HEART * first)}. A sound model learns a few samples by heart: look at loss, labels and layers.`,
  );
}

function checkInputs({ losses }: Trial, blind: Trial): SanityCheck {
  const last = losses[losses.length - 1];
  const without = blind.losses[blind.losses.length - 1];
  const seen = `The same training comes to ${digits(last)}, and to ${digits(without)} with all inputs 0`;
  if (without >= WORSE * last || !Number.isFinite(without)) return passed("inputsMatter", `${seen}.`);
  return failed("inputsMatter", `${seen}: the inputs tell the model nothing. Look at how they come to it.`);
}

/** Trains with the model's own optimizer on the batch again and again. */
async function checkFalls(model: Model, { batch }: Subject): Promise<SanityCheck> {
  const data = batch.y === undefined ? { x: [batch.x].flat() } : { x: [batch.x].flat(), y: [batch.y].flat() };
  try {
    const { steps } = await model.fit(data, {
      epochs: OWN_STEPS,
      batchSize: countSamples(batch),
      shuffle: false,
      verbose: 0,
      capture: false,
    });
    const [first] = steps.loss;
    const least = Math.min(...steps.loss.slice(-5));
    const seen = `Under the model's own optimizer the loss of one batch goes from ${digits(first)} to ${digits(least)} in ${OWN_STEPS} steps.`;
    return least < first
      ? passed("lossFalls", seen)
      : failed("lossFalls", `${seen} Lower the learning rate; look at the sign of the loss.`);
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return failed("lossFalls", `Under the model's own optimizer the loss is not finite: ${error.found?.what ?? error.message}.`);
  }
}

/** @returns gives the parameters the gradients again that they have now */
function keepGradients(model: Model): () => void {
  // A lazy model has no gradients yet.
  const kept = (parametersOf(model) ?? []).map((parameter) => [parameter, parameter.grad?.detach().clone() ?? null] as const);
  return () => {
    for (const [parameter, gradient] of kept) parameter.grad = gradient;
  };
}

const MARKS = { passed: "✓", failed: "✗", skipped: "–" } as const;

function textOf(checks: readonly SanityCheck[], findings: readonly Finding[]): string {
  const lines = checks.map(({ name, outcome, seen }) => `${MARKS[outcome]} ${name}: ${seen}`);
  return ["sanityCheck:", ...lines, ...(findings.length === 0 ? [] : [findingsText(findings)])].join("\n");
}
