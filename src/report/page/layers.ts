import type { LayerRecord, ParameterRecord, TrainingRecord } from "../../train/trainingRecord.js";
import type { Run } from "../run.js";
import { scrolling } from "./dataTable.js";
import { el, fill } from "./dom.js";
import { numberText, percentText } from "./format.js";
import { type Line, LineChart } from "./lineChart.js";
import { onceA, type Part, Section } from "./part.js";
import { sparkline } from "./sparkline.js";

/** A statistic of a layer or of a parameter. */
interface Statistic<R> {
  readonly name: string;
  readonly of: (record: R) => number | null;
  readonly text: (value: number | null) => string;
  /** Whether it is looked at over powers of ten. */
  readonly log?: boolean;
}

const OF_LAYERS: readonly Statistic<LayerRecord>[] = [
  { name: "mean", of: ({ mean }) => mean, text: numberText },
  { name: "deviation", of: ({ deviation }) => deviation, text: numberText },
  { name: "dead", of: ({ dead }) => dead, text: percentText },
  { name: "saturated", of: ({ saturated }) => saturated, text: percentText },
  { name: "gradient", of: ({ gradient }) => gradient, text: numberText, log: true },
];

const OF_PARAMETERS: readonly Statistic<ParameterRecord>[] = [
  { name: "weight", of: ({ weight }) => weight, text: numberText },
  { name: "gradient", of: ({ gradient }) => gradient, text: numberText, log: true },
  { name: "update / weight", of: ({ update }) => update, text: numberText, log: true },
];

/** Statistics of layers and parameters over the training: a table with small curves, and a chart of one statistic of all. */
export function layers(): Part {
  const outputs = overTime<LayerRecord>(
    "Outputs of layers",
    OF_LAYERS,
    ({ layers: list }) => list,
    ({ type, path }) => (path === "" ? type : `${path} ${type}`),
    "gradient",
  );
  const parameters = overTime<ParameterRecord>(
    "Parameters",
    OF_PARAMETERS,
    ({ parameters: list }) => list,
    ({ path }) => path,
    "update / weight",
  );
  const about = el(
    "p",
    { class: "quiet" },
    "Each number is that of the last look, with its course beside it. Gradients that shrink or grow from layer to layer by powers of ten, and updates far from a thousandth of the weights, are what to look for.",
  );
  const section = new Section("Layers over time", about, outputs.element, parameters.element);
  const show = onceA(
    (run) => {
      section.hidden = run.records.length === 0;
      outputs.show([run]);
      parameters.show([run]);
    },
    (run) => `${run.id} ${run.records.length}`,
  );
  return { element: section.element, show: ([run]) => show(run) };
}

function overTime<R extends { readonly path: string }>(
  title: string,
  statistics: readonly Statistic<R>[],
  listOf: (record: TrainingRecord) => readonly R[],
  nameOf: (record: R) => string,
  first: string,
): Part {
  let shown: Run | null = null;
  const select = el("select", { change: () => draw() }, ...statistics.map(({ name }) => el("option", { value: name }, name)));
  select.value = first;
  const chart = new LineChart({ title: `${title} over time`, x: "step", y: "", tools: [el("label", {}, "show ", select)], height: 260 });
  const box = el("div");
  const draw = (): void => {
    if (shown === null) return;
    const { records } = shown;
    const statistic = statistics.find(({ name }) => name === select.value) as Statistic<R>;
    const last = listOf(records[records.length - 1]);
    const lines = last.map(
      (one, i): Line => ({ name: nameOf(one), values: courseOf(records, listOf, one.path, statistic), color: rampOf(i, last.length) }),
    );
    chart.log = statistic.log === true;
    chart.show({ x: records.map(({ step }) => step), lines: lines.filter(({ values }) => values.some((value) => value !== null)) });
  };
  return {
    element: el("div", { class: "over-time" }, chart.element, el("h3", {}, title), box),
    show: ([run]) => {
      shown = run;
      if (run.records.length === 0) return;
      const last = listOf(run.records[run.records.length - 1]);
      const used = statistics.filter((statistic) => last.some((one) => statistic.of(one) !== null));
      fill(
        box,
        scrolling(
          title,
          el(
            "table",
            { class: "statistics" },
            el(
              "thead",
              {},
              el(
                "tr",
                {},
                el("th", { scope: "col" }, "name"),
                el("th", { scope: "col" }, "shape"),
                ...used.map(({ name }) => el("th", { scope: "col" }, name)),
              ),
            ),
            el(
              "tbody",
              {},
              ...last.map((one) =>
                el(
                  "tr",
                  {},
                  el("th", { scope: "row" }, nameOf(one)),
                  el("td", {}, `[${((one as { shape?: readonly number[] }).shape ?? []).join(", ")}]`),
                  ...used.map((statistic) => {
                    const course = courseOf(run.records, listOf, one.path, statistic);
                    return el(
                      "td",
                      {},
                      statistic.text(statistic.of(one)),
                      " ",
                      course.length > 1 && statistic.of(one) !== null ? sparkline(course) : null,
                    );
                  }),
                ),
              ),
            ),
          ),
        ),
      );
      draw();
    },
  };
}

/** A statistic over the records; null where it is not known, or not finite. */
function courseOf<R extends { readonly path: string }>(
  records: readonly TrainingRecord[],
  listOf: (record: TrainingRecord) => readonly R[],
  path: string,
  { of }: Statistic<R>,
): (number | null)[] {
  return records.map((record) => {
    const one = listOf(record).find((each) => each.path === path);
    const value = one === undefined ? null : of(one);
    return value !== null && Number.isFinite(value) ? value : null;
  });
}

/** A colour from the first layer's to the last one's. */
function rampOf(i: number, count: number): string {
  return `--r${count < 2 ? 0 : Math.round((i / (count - 1)) * 7)}`;
}
