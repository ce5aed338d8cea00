import type { Finding } from "../../train/finding.js";
import type { Run } from "../run.js";
import { el, fill } from "./dom.js";
import { onceA, type Part, Section } from "./part.js";

/** What a diagnosis found, the worst first, with what to try. */
export function findings(): Part {
  const box = el("div", { class: "findings" });
  const section = new Section("Findings", box);
  const write = onceA(
    (run) => fill(box, ...textsOf(run)),
    (run) => JSON.stringify([run.id, run.status, run.records.length > 0, run.findings, run.incidents]),
  );
  return { element: section.element, show: ([run]) => write(run) };
}

function textsOf(run: Run): HTMLElement[] {
  const cards = run.findings.map(card);
  const incidents = run.incidents.length === 0 ? [] : [incidentCard(run)];
  if (cards.length + incidents.length > 0) return [...cards, ...incidents];
  if (run.records.length > 0)
    return [el("p", { class: "fine" }, "Layers, gradients and figures were looked at, and nothing unusual was found.")];
  return [
    el(
      "p",
      { class: "quiet" },
      "This training was not diagnosed. Train with ",
      el("code", {}, "fit(data, { diagnose: true })"),
      " to be told what goes wrong, and to see layers and weights.",
    ),
  ];
}

function card({ severity, place, seen, usual, advice, link }: Finding): HTMLElement {
  const [word, kind] = severity >= 0.7 ? ["serious", "bad"] : severity >= 0.3 ? ["look at this", "odd"] : ["note", "note"];
  const [page, part] = link.slice(link.lastIndexOf("/") + 1).split("#");
  return el(
    "article",
    { class: `finding ${kind}` },
    el("h3", {}, el("span", { class: "badge" }, word), place === null || place === "" ? null : el("code", {}, place), el("span", {}, seen)),
    el("p", {}, el("b", {}, "Usual: "), usual),
    advice.length === 0 ? null : el("div", {}, el("b", {}, "Try:"), el("ul", {}, ...advice.map((one) => el("li", {}, one)))),
    // A run is read from a file: what is no address of a page is no link.
    !link.startsWith("https://")
      ? null
      : el(
          "p",
          { class: "quiet" },
          "More in ",
          el(
            "a",
            { href: link, rel: "noreferrer" },
            [page.replace(/\.md$/, ""), ...(part === undefined ? [] : [part.replaceAll("-", " ")])].join(": "),
          ),
        ),
  );
}

function incidentCard({ incidents }: Run): HTMLElement {
  const shown = incidents.slice(0, 20);
  return el(
    "article",
    { class: "finding odd" },
    el(
      "h3",
      {},
      el("span", { class: "badge" }, "look at this"),
      el("span", {}, `${incidents.length} ${incidents.length === 1 ? "step was" : "steps were"} not finite`),
    ),
    el("ul", {}, ...shown.map(({ epoch, batch, what, did }) => el("li", {}, `Epoch ${epoch + 1}, batch ${batch + 1}: ${what} (${did})`))),
    incidents.length > shown.length ? el("p", { class: "quiet" }, `and ${incidents.length - shown.length} more`) : null,
  );
}
