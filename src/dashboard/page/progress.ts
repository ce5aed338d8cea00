import { durationText, el, numberText } from "../../report/page/main.js";
import type { Run } from "../../report/run.js";
import type { RunState } from "../board.js";
import type { Link } from "./connection.js";

/** How the run that is looked at stands: in a word, as a bar, in a line. */
export class Progress {
  readonly #name = el("h2");
  readonly #status = el("span", { class: "status" });
  readonly #bar = el("progress", { "aria-label": "Epochs done" });
  readonly #line = el("p", { class: "quiet" });
  readonly element = el(
    "section",
    { class: "now", "aria-label": "Progress" },
    el("div", { class: "title" }, this.#name, this.#status),
    this.#bar,
    this.#line,
  );

  show(run: Run, control: RunState["control"], link: Link): void {
    this.#name.textContent = run.name;
    this.#status.textContent = statusText({ run, control }, link);
    this.#status.dataset.status = run.status;
    const { done, all } = epochsOf(run);
    this.#bar.hidden = all === null;
    this.#bar.max = all ?? 1;
    this.#bar.value = all === null ? 0 : done;
    const rate = run.steps.learningRate.at(-1);
    const facts = [
      all === null || run.ended !== null ? null : `epoch ${numberText(Math.min(all, Math.floor(done) + 1))} of ${numberText(all)}`,
      rate === null || rate === undefined ? null : `learning rate ${numberText(rate)}`,
      ...(isTold(control, link) ? timesOf(run, all === null ? null : done / all) : []),
    ];
    this.#line.textContent = facts.filter((fact) => fact !== null).join(" · ");
  }
}

const STATUS: Record<Run["status"], string> = {
  running: "running",
  paused: "paused",
  done: "finished",
  stopped: "stopped",
  failed: "failed",
};
const CONTROL = { pausing: "pausing …", paused: "paused", stopping: "stopping …" };

/** A run's status in words. How a training stands whose process does not answer any more, nobody knows: the word is of what it was. */
export function statusText({ run, control }: RunState, link: Link): string {
  const status = control === null || control === "over" || control === "running" ? STATUS[run.status] : CONTROL[control];
  return isTold(control, link) ? status : `was ${status}`;
}

/** Whether what the page has of a run still holds: it is over, or its process would tell of a change. */
function isTold(control: RunState["control"], link: Link): boolean {
  return control === null || control === "over" || link === "open" || link === "connecting";
}

/** Epochs that are done, with the part of the one under way where it is known, and all. */
function epochsOf({ epochs, steps, settings }: Run): { done: number; all: number | null } {
  const all = typeof settings.epochs === "number" ? settings.epochs : null;
  const ended = (epochs.epoch.at(-1) ?? -1) + 1;
  const at = epochs.step.at(-1);
  const perEpoch = at && epochs.epoch.length > 0 ? at / ended : samplesPerEpoch(settings);
  const under = perEpoch === null ? 0 : Math.min(1, (steps.count - (at ?? 0)) / perEpoch);
  return { done: all === null ? ended : Math.min(all, ended + Math.max(0, under)), all };
}

function samplesPerEpoch({ samples, batchSize }: Run["settings"]): number | null {
  return typeof samples === "number" && typeof batchSize === "number" ? Math.ceil(samples / batchSize) : null;
}

/** How long it took, and what is left at that pace. */
function timesOf({ started, ended, status }: Run, share: number | null): string[] {
  if (started === null) return [];
  const seconds = ((ended === null ? Date.now() : Date.parse(ended)) - Date.parse(started)) / 1000;
  const isKnown = status === "running" && share !== null && share > 0.01 && share < 1;
  return [durationText(seconds), ...(isKnown ? [`about ${durationText(seconds / share - seconds)} left`] : [])];
}
