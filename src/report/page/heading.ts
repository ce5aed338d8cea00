import type { Run } from "../run.js";
import { el, fill } from "./dom.js";
import { capital, durationText, numberText, percentText, words } from "./format.js";
import type { Part } from "./part.js";

const STATES = { running: "running", paused: "paused", done: "done", stopped: "stopped early", failed: "failed" } as const;

/** What a training came to, in a few large numbers. */
export function heading(): Part {
  const box = el("dl", { class: "tiles" });
  return {
    element: box,
    show: ([run]) =>
      fill(
        box,
        ...tilesOf(run).map(([name, value, beside]) =>
          el("div", { class: "tile" }, el("dt", {}, name), el("dd", {}, value, beside === "" ? null : el("small", {}, ` ${beside}`))),
        ),
      ),
  };
}

type Tile = readonly [name: string, value: string, beside: string];

function tilesOf(run: Run): Tile[] {
  const { epochs, steps } = run;
  const done = epochs.epoch.length;
  const planned = typeof run.settings.epochs === "number" ? run.settings.epochs : null;
  const figures = Object.entries(epochs.figures).slice(0, 6);
  return [
    ["State", STATES[run.status], ""],
    ["Epochs", numberText(done), planned === null || planned === done ? "" : `of ${numberText(planned)}`],
    ["Steps", numberText(steps.count), ""],
    ...(run.started === null ? [] : [["Time", durationText(secondsOf(run)), ""] as const]),
    ...figures.map(([name, values]): Tile => [capital(words(name)), figureText(name, values[values.length - 1] ?? null), ""]),
    ...(run.model?.parameters ? [["Parameters", numberText(run.model.parameters), ""] as const] : []),
  ];
}

function figureText(name: string, value: number | null): string {
  return /accuracy$/i.test(name) ? percentText(value, 2) : numberText(value);
}

function secondsOf({ started, ended, epochs }: Run): number | null {
  if (started === null) return null;
  if (ended !== null) return (Date.parse(ended) - Date.parse(started)) / 1000;
  const known = epochs.seconds.filter((one) => one !== null) as number[];
  return known.reduce((sum, one) => sum + one, 0);
}
