import type { Calibration, ClassEvaluation, OutputEvaluation, Run } from "../run.js";
import { confusionTable } from "./confusion.js";
import { table } from "./dataTable.js";
import { el, fill, svg } from "./dom.js";
import { numberText, percentText } from "./format.js";
import { LineChart } from "./lineChart.js";
import { onceA, type Part, Section } from "./part.js";
import { plane } from "./plane.js";

/** What a classifier confuses, class by class; how sure it is where it is right; its ROC curve. */
export function classes(): Part {
  const box = el("div");
  const section = new Section("Classes", box);
  const write = onceA(
    (run) => {
      const outputs = run.evaluation.filter(({ classes: found }) => found !== null);
      section.hidden = outputs.length === 0;
      fill(box, ...outputs.flatMap((output) => partsOf(output, output.classes as ClassEvaluation)));
    },
    ({ id, evaluation }) => `${id} ${evaluation.length}`,
  );
  return { element: section.element, show: ([run]: readonly Run[]) => write(run) };
}

function partsOf({ output, samples, figures }: OutputEvaluation, { names, confusion, calibration, roc }: ClassEvaluation): HTMLElement[] {
  const said = Object.entries(figures).map(
    ([name, value]) => `${name} ${/accuracy/.test(name) ? percentText(value, 2) : numberText(value)}`,
  );
  return [
    el("h3", {}, output === null ? `Of ${numberText(samples)} samples` : `Output ${output}, of ${numberText(samples)} samples`),
    el("p", {}, said.join(", ")),
    el(
      "div",
      { class: "charts" },
      confusion && confusionTable(names, confusion, perClass(names, confusion)),
      calibrationChart(calibration),
      roc && rocChart(roc),
    ),
  ];
}

/** Recall, precision and F1 of each class. */
function perClass(names: readonly string[], confusion: readonly (readonly number[])[]): HTMLElement {
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0);
  const rows = names.map((name, i) => {
    const [hits, wanted, said] = [confusion[i][i], sum(confusion[i]), sum(confusion.map((row) => row[i]))];
    const [recall, precision] = [hits / wanted, hits / said];
    return [name, numberText(wanted), percentText(recall), percentText(precision), percentText((2 * hits) / (wanted + said))];
  });
  const content = { heads: ["class", "samples", "recall", "precision", "F1"], rows };
  return el(
    "details",
    { class: "numbers" },
    el("summary", {}, "Recall and precision of each class"),
    table("Recall and precision of each class", content),
  );
}

function calibrationChart({ confidence, accuracy, count, error }: Calibration): HTMLElement {
  const bins = count.length;
  const all = count.reduce((sum, one) => sum + one, 0) || 1;
  const chart = plane(
    {
      title: "Calibration",
      about: `How often predictions are right that are equally sure. The expected calibration error is ${numberText(error)}.`,
      xRange: [0, 1],
      yRange: [0, 1],
      xLabel: "confidence",
      yLabel: "accuracy",
      numbers: () => ({
        heads: ["bin", "confidence", "accuracy", "predictions"],
        rows: count.map((n, i) => [
          `${numberText(i / bins, 2)}–${numberText((i + 1) / bins, 2)}`,
          numberText(confidence[i]),
          numberText(accuracy[i]),
          numberText(n),
        ]),
      }),
    },
    ({ x, y }) => [
      ...count.flatMap((n, i) => {
        const right = accuracy[i];
        if (n === 0 || right === null) return [];
        const bar = svg("rect", {
          class: "bar",
          x: x(i / bins) + 1,
          width: x(1 / bins) - x(0) - 2,
          y: y(right),
          height: Math.max(1, y(0) - y(right)),
        });
        // Bins of few predictions say little.
        bar.style.opacity = String(0.35 + 0.65 * Math.min(1, (n / all) * bins));
        return [bar];
      }),
      svg("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ],
  );
  chart
    .querySelector("figcaption")
    ?.append(
      el(
        "p",
        { class: "quiet" },
        `Bars on the line are as often right as they say; pale ones are of few predictions. Expected calibration error ${numberText(error)}.`,
      ),
    );
  return chart;
}

function rocChart({ falsePositive, truePositive, area }: NonNullable<ClassEvaluation["roc"]>): HTMLElement {
  const chart = new LineChart({
    title: `ROC curve, area ${numberText(area)}`,
    x: "false positive rate",
    y: "true positive rate",
    yRange: [0, 1],
  });
  chart.show({
    x: falsePositive,
    lines: [
      { name: "true positive rate", values: truePositive, color: "--c1" },
      { name: "chance", values: falsePositive, color: "--quiet", dashed: true },
    ],
  });
  return chart.element;
}
