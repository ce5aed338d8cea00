import { scrolling, table } from "./dataTable.js";
import { el, svg } from "./dom.js";
import { numberText, percentText } from "./format.js";

/** Above it, cells are too small to be read. */
const MOST_READABLE = 30;

/** The confusion matrix as a table, as dark as the share of the true class; of many classes as a picture, with the pairs that are confused most. */
export function confusionTable(names: readonly string[], counts: readonly (readonly number[])[], beside: HTMLElement): HTMLElement {
  const label = "Confusion matrix: rows are true classes, columns what was predicted";
  const shares = counts.map((row) => {
    const all = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count) => count / all);
  });
  const figure = names.length <= MOST_READABLE ? heatTable(label, names, counts, shares) : picture(label, shares);
  return el(
    "figure",
    { class: names.length > 14 ? "chart wide" : names.length > 4 ? "chart two" : "chart" },
    el(
      "figcaption",
      {},
      el("h3", {}, "Confusion matrix"),
      el("p", { class: "quiet" }, "Rows are true classes, columns what was predicted."),
    ),
    figure,
    pairs(names, counts),
    beside,
  );
}

function heatTable(
  label: string,
  names: readonly string[],
  counts: readonly (readonly number[])[],
  shares: readonly (readonly number[])[],
): HTMLElement {
  return scrolling(
    label,
    el(
      "table",
      { class: "heat" },
      el("caption", { class: "hidden" }, label),
      el(
        "thead",
        {},
        el("tr", {}, el("td", { class: "corner" }, "true \\ predicted"), ...names.map((name) => el("th", { scope: "col" }, name))),
      ),
      el(
        "tbody",
        {},
        ...counts.map((row, i) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, names[i]),
            ...row.map((count, j) => {
              const cell = el(
                "td",
                { class: i === j ? "right" : "wrong", title: `${names[i]} as ${names[j]}: ${percentText(shares[i][j])}` },
                count === 0 ? "·" : numberText(count),
              );
              cell.style.setProperty("--share", `${(100 * Math.sqrt(shares[i][j])).toFixed(1)}%`);
              return cell;
            }),
          ),
        ),
      ),
    ),
  );
}

function picture(label: string, shares: readonly (readonly number[])[]): SVGElement {
  const cells = shares.flatMap((row, i) =>
    row.flatMap((share, j) => {
      if (share === 0) return [];
      const cell = svg("rect", { x: j, y: i, width: 1, height: 1, class: i === j ? "bar" : "miss" });
      cell.style.opacity = String(0.15 + 0.85 * Math.sqrt(share));
      return [cell];
    }),
  );
  return svg(
    "svg",
    {
      class: "matrix",
      viewBox: `0 0 ${shares.length} ${shares.length}`,
      role: "img",
      "aria-label": `${label}. The pairs that are confused most stand below.`,
    },
    ...cells,
  );
}

function pairs(names: readonly string[], counts: readonly (readonly number[])[]): HTMLElement | null {
  const found = counts
    .flatMap((row, i) => row.map((count, j) => ({ count, i, j })))
    .filter(({ count, i, j }) => i !== j && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 12);
  if (found.length === 0) return el("p", { class: "fine" }, "No sample was confused.");
  const content = {
    heads: ["true class", "was taken for", "samples"],
    rows: found.map(({ count, i, j }) => [names[i], names[j], numberText(count)]),
  };
  return el("details", { class: "numbers" }, el("summary", {}, "What is confused most"), table("What is confused most", content));
}
