/** The page of a report: reads the run that stands in it, and shows it. */
import type { Run } from "../run.js";
import { el } from "./dom.js";
import { themeSwitch } from "./theme.js";
import { runView } from "./view.js";

const run = JSON.parse((document.getElementById("run") as HTMLElement).textContent as string) as Run;
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
