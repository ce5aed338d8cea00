/**
 * The script of a report: shows the run that stands in the page. Another page, where none does, has this script before its own, which is made of
 * what this one exports: see scripts/pages.mjs.
 */
import type { Run } from "../run.js";
import { el } from "./dom.js";
import { themeSwitch } from "./theme.js";
import { runView } from "./view.js";

export { COLORS } from "./curves.js";
export { scrolling, table } from "./dataTable.js";
export { fill } from "./dom.js";
export { durationText, numberText, words } from "./format.js";
export { type Part, Section } from "./part.js";
export { el, runView, themeSwitch };

const data = document.getElementById("run");
if (data !== null) showReport(JSON.parse(data.textContent as string) as Run);

function showReport(run: Run): void {
  const main = document.querySelector("main") as HTMLElement;
  const view = runView();
  main.append(view.element);
  (document.querySelector("header") as HTMLElement).append(themeSwitch());
  view.show([run]);

  const sections = [...main.querySelectorAll("section")].filter(({ hidden }) => !hidden);
  const links = sections.map((section) => {
    const head = section.querySelector("h2") as HTMLElement;
    return el("a", { href: `#${head.id}` }, head.textContent);
  });
  main.before(el("nav", { "aria-label": "Parts of the report" }, ...links));
}
