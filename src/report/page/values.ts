import type { OutputEvaluation, Run, ValueEvaluation } from "../run.js";
import { el, fill, svg } from "./dom.js";
import { numberText } from "./format.js";
import { histogram } from "./histograms.js";
import { onceA, type Part, Section } from "./part.js";
import { plane } from "./plane.js";

/** Predicted values beside their targets, and how far they are apart. */
export function values(): Part {
  const box = el("div");
  const section = new Section("Predictions", box);
  const write = onceA(
    (run) => {
      const outputs = run.evaluation.filter(({ values: found }) => found !== null);
      section.hidden = outputs.length === 0;
      fill(box, ...outputs.flatMap((output) => partsOf(output, output.values as ValueEvaluation)));
    },
    ({ id, evaluation }) => `${id} ${evaluation.length}`,
  );
  return { element: section.element, show: ([run]: readonly Run[]) => write(run) };
}

function partsOf({ output, samples, figures }: OutputEvaluation, { predicted, target, residuals }: ValueEvaluation): HTMLElement[] {
  const said = Object.entries(figures).map(([name, value]) => `${name} ${numberText(value)}`);
  return [
    el("h3", {}, output === null ? `Of ${numberText(samples)} samples` : `Output ${output}, of ${numberText(samples)} samples`),
    el("p", {}, said.join(", ")),
    el("div", { class: "charts" }, scatter(predicted, target), histogram("Residuals", residuals, null, "prediction − target", false)),
  ];
}

function scatter(predicted: readonly number[], target: readonly number[]): HTMLElement {
  const all = [...predicted, ...target];
  const range = [Math.min(...all), Math.max(...all)] as const;
  return plane(
    {
      title: "Predictions over targets",
      about: "Each point is a value; on the line the prediction is right.",
      xRange: range,
      yRange: range,
      xLabel: "target",
      yLabel: "prediction",
      numbers: () => ({ heads: ["target", "prediction"], rows: target.map((value, i) => [numberText(value), numberText(predicted[i])]) }),
    },
    ({ x, y }) => [
      svg("line", { class: "ideal", x1: x(range[0]), y1: y(range[0]), x2: x(range[1]), y2: y(range[1]) }),
      ...target.map((value, i) => svg("circle", { class: "point", cx: x(value), cy: y(predicted[i]), r: 2.5 })),
    ],
  );
}
