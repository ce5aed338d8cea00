import type { Histogram, TrainingRecord } from "../../train/trainingRecord.js";
import type { Run } from "../run.js";
import { el, fill } from "./dom.js";
import { histogram } from "./histograms.js";
import { onceA, type Part, Section } from "./part.js";

interface Named {
  readonly name: string;
  readonly bars: Histogram | null;
}

const KINDS: Record<string, (record: TrainingRecord) => readonly Named[]> = {
  weights: ({ parameters }) => parameters.map(({ path, histogram: bars }) => ({ name: path, bars })),
  gradients: ({ parameters }) => parameters.map(({ path, gradientHistogram: bars }) => ({ name: path, bars })),
  outputs: ({ layers }) => layers.map(({ path, type, histogram: bars }) => ({ name: path === "" ? type : `${path} ${type}`, bars })),
};

/** No more small drawings are shown at once. */
const MOST = 60;

/** How weights, gradients and outputs are spread, at the step that the reader chooses. */
export function histograms(): Part {
  let shown: Run | null = null;
  const kind = el("select", { change: () => draw() }, ...Object.keys(KINDS).map((name) => el("option", { value: name }, name)));
  const step = el("input", { type: "range", min: 0, max: 0, step: 1, value: 0, input: () => draw() });
  const said = el("output", {});
  const grid = el("div", { class: "charts dense" });
  const note = el("p", { class: "quiet" });
  const tools = el("div", { class: "tools" }, el("label", {}, "show ", kind), el("label", {}, "at step ", step), said);
  const section = new Section("Histograms", tools, note, grid);
  const draw = (): void => {
    const all = shown?.records ?? [];
    // Of most records a report keeps the figures alone.
    const records = all.filter(({ parameters, layers }) =>
      [...parameters, ...layers].some(({ histogram: { counts } }) => counts.length > 0),
    );
    section.hidden = records.length === 0;
    if (records.length === 0) return;
    step.max = String(records.length - 1);
    const at = records[Number(step.value)] ?? records[records.length - 1];
    said.textContent = String(at.step);
    const first = new Map(KINDS[kind.value](records[0]).map(({ name, bars }) => [name, bars]));
    const named = KINDS[kind.value](at).filter(({ bars }) => bars !== null && bars.counts.length > 0);
    note.textContent = `The outline is that of step ${records[0].step}.${named.length > MOST ? ` The first ${MOST} of ${named.length} are shown.` : ""}`;
    fill(
      grid,
      ...named
        .slice(0, MOST)
        .map(({ name, bars }) =>
          histogram(name, bars as Histogram, at === records[0] ? null : (first.get(name) ?? null), kind.value.replace(/s$/, "")),
        ),
    );
  };
  const show = onceA(
    (run) => {
      const wasLast = shown === null || Number(step.value) === Number(step.max);
      shown = run;
      if (wasLast) {
        step.max = String(run.records.length);
        step.value = step.max;
      }
      draw();
    },
    (run) => `${run.id} ${run.records.length}`,
  );
  return { element: section.element, show: ([run]) => show(run) };
}
