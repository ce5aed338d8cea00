import type { Run, WorstSample } from "../run.js";
import { table } from "./dataTable.js";
import { el, fill } from "./dom.js";
import { numberText, percentText } from "./format.js";
import { onceA, type Part, Section } from "./part.js";

/** The samples that the model was most wrong about: as pictures where they are images, else as a table. */
export function worst(): Part {
  const box = el("div");
  const section = new Section("Worst samples", box);
  const write = onceA(
    (run) => {
      const outputs = run.evaluation.filter(({ worst: found }) => found.length > 0);
      section.hidden = outputs.length === 0;
      fill(
        box,
        ...outputs.flatMap(({ output, worst: found }) => [
          output === null
            ? el("p", { class: "quiet" }, "The model was most wrong about these, the worst first: labels may be wrong, or samples unusual.")
            : el("h3", {}, `Output ${output}`),
          found.some(({ picture }) => picture !== null) ? el("ul", { class: "gallery" }, ...found.map(card)) : list(found),
        ]),
      );
    },
    ({ id, evaluation }) => `${id} ${evaluation.length}`,
  );
  return { element: section.element, show: ([run]: readonly Run[]) => write(run) };
}

function card({ index, picture, truth, predicted, confidence }: WorstSample): HTMLElement {
  const said = confidence === null ? predicted : `${predicted} (${percentText(confidence, 0)})`;
  return el(
    "li",
    {},
    picture === null ? null : el("img", { src: picture, alt: `Sample ${index}: ${truth}, taken for ${predicted}` }),
    el("p", {}, el("b", {}, truth), el("span", { class: "wrong" }, ` as ${said}`)),
    el("p", { class: "quiet" }, `sample ${index}`),
  );
}

function list(found: readonly WorstSample[]): HTMLElement {
  const rows = found.map(({ index, text, truth, predicted, confidence, error }) => [
    String(index),
    truth,
    confidence === null ? predicted : `${predicted} (${percentText(confidence, 0)})`,
    numberText(error),
    text ?? "",
  ]);
  return table("The samples that the model was most wrong about", { heads: ["sample", "truth", "predicted", "error", "inputs"], rows });
}
