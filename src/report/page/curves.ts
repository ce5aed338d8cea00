import { ofValidation } from "../../train/figureNames.js";
import type { Run } from "../run.js";
import { el, fill } from "./dom.js";
import { capital, words } from "./format.js";
import { type Line, LineChart, type Lines } from "./lineChart.js";
import { type Part, Section } from "./part.js";
import { debiased } from "./smoothing.js";

/** Custom properties of the colours of lines. */
export const COLORS: readonly string[] = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"];

/** Loss and rate of the steps, figures of the epochs, one chart each. */
export function curves(): Part {
  const loss = lossChart();
  const rate = new LineChart({ title: "Learning rate", x: "step", y: "rate" });
  const figures = new Map<string, LineChart>();
  const grid = el("div", { class: "charts" }, loss.element);
  const section = new Section("Curves", grid);
  return {
    element: section.element,
    show: (runs) => {
      loss.show(runs);
      const names = [...new Set(runs.flatMap(({ epochs }) => Object.keys(epochs.figures).map(baseOf)))];
      for (const name of names) {
        if (!figures.has(name)) figures.set(name, new LineChart({ title: `${capital(words(name))} by epoch`, x: "epoch", y: words(name) }));
        figures.get(name)?.show(ofEpochs(runs, name));
      }
      const rated = runs.some(({ steps }) => steps.learningRate.some((value) => value !== null));
      if (rated)
        rate.show(
          aligned(
            runs.map((run, i) => ({
              x: run.steps.step,
              lines: [{ name: runs.length === 1 ? "rate" : nameOf(runs, i), values: run.steps.learningRate, color: COLORS[i % 8] }],
            })),
          ),
        );
      const shown = [loss.element, ...names.map((name) => (figures.get(name) as LineChart).element), ...(rated ? [rate.element] : [])];
      if (shown.length !== grid.children.length || shown.some((element, i) => element !== grid.children[i])) fill(grid, ...shown);
    },
  };
}

/** The loss of each step, with a smoothed line whose pace the reader sets. */
function lossChart(): Part {
  let shown: readonly Run[] = [];
  const pace = el("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: 0.9, input: () => show(shown) });
  const log = el("input", {
    type: "checkbox",
    change: () => {
      chart.log = log.checked;
    },
  });
  const tools = [el("label", {}, "smooth ", pace), el("label", {}, log, " log scale")];
  const chart = new LineChart({ title: "Loss by step", x: "step", y: "loss", tools, height: 300 });
  chart.element.classList.add("wide");
  const show = (runs: readonly Run[]): void => {
    shown = runs;
    const beta = Number(pace.value);
    chart.show(
      aligned(
        runs.map((run, i) => ({ x: run.steps.step, lines: lossLines(run, nameOf(runs, i), COLORS[i % 8], runs.length === 1, beta) })),
      ),
    );
  };
  return { element: chart.element, show };
}

function lossLines({ steps }: Run, name: string, color: string, alone: boolean, beta: number): Line[] {
  const smooth: Line = { name: alone ? "loss" : name, values: debiased(steps.loss, beta), color };
  if (!alone) return [smooth];
  const edges = [steps.high, steps.low].map((values, i): Line => ({ name: i === 0 ? "highest" : "lowest", values, color, edge: true }));
  const raw: Line = { name: steps.width === 1 ? "each step" : `mean of ${steps.width} steps`, values: steps.loss, color, faint: true };
  return [...edges, raw, smooth];
}

/** valLoss → loss */
function baseOf(figure: string): string {
  return ofValidation(figure) ?? figure;
}

function ofEpochs(runs: readonly Run[], base: string): Lines {
  return aligned(
    runs.map((run, i) => ({
      x: run.epochs.epoch.map((epoch) => epoch + 1),
      lines: Object.entries(run.epochs.figures)
        .filter(([name]) => baseOf(name) === base)
        .map(([name, values]): Line => {
          const validation = name !== base;
          const words = validation ? "validation" : "training";
          const color = runs.length > 1 ? COLORS[i % 8] : validation ? "--c2" : "--c1";
          return { name: runs.length > 1 ? `${nameOf(runs, i)}, ${words}` : words, values, color, dashed: validation };
        }),
    })),
  );
}

/** The name of a run among others: those of one name are numbered. */
export function nameOf(runs: readonly Run[], i: number): string {
  const { name } = runs[i];
  if (runs.length === 1) return name;
  const same = runs.filter((run) => run.name === name);
  return same.length === 1 ? name : `${name} ${runs.slice(0, i + 1).filter((run) => run.name === name).length}`;
}

/** Lines over different x as lines over all of them: where one has no value, its line goes on to the next. */
function aligned(each: readonly Lines[]): Lines {
  if (each.length === 1) return each[0];
  const x = [...new Set(each.flatMap((one) => one.x))].sort((a, b) => a - b);
  return {
    x,
    lines: each.flatMap((one) => {
      const places = new Map(one.x.map((at, i) => [at, i]));
      return one.lines.map((line) => ({
        ...line,
        values: x.map((at) => {
          const i = places.get(at);
          return i === undefined ? undefined : line.values[i];
        }),
      }));
    }),
  };
}
