import { classes } from "./classes.js";
import { curves } from "./curves.js";
import { el } from "./dom.js";
import { findings } from "./findings.js";
import { heading } from "./heading.js";
import { layers } from "./layers.js";
import { modelPart, settingsPart } from "./modelTables.js";
import type { Part } from "./part.js";
import { values } from "./values.js";
import { histograms } from "./weights.js";
import { worst } from "./worst.js";

/** All of a run: what a report shows of it, and a dashboard while it goes on. Other runs are compared in the curves. */
export function runView(): Part {
  const parts = [heading(), findings(), curves(), classes(), values(), worst(), layers(), histograms(), modelPart(), settingsPart()];
  return {
    element: el("div", { class: "run" }, ...parts.map(({ element }) => element)),
    show: (runs) => {
      for (const part of parts) part.show(runs);
    },
  };
}
