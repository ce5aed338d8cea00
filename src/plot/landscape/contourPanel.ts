import { outlines } from "../outlines/marchingSquares.js";
import { element, pathThrough, words } from "../svg.js";
import { QUIET, SIZES } from "../theme.js";
import { viridis } from "../viridis.js";
import type { Heights } from "./heights.js";
import type { Landscape } from "./landscape.js";

/** How many bands of height are told apart. */
const BANDS = 15;
/** Room for numbers and the name of an axis. */
const MARGIN = 46;

/** A landscape from above: bands of equal height between its contour lines, and the model in the middle. @param size of the panel, with its axes */
export function contourPanel({ alphas, betas, losses }: Landscape, { height }: Heights, x: number, y: number, size: number): string {
  const side = size - MARGIN - 10;
  const [left, top] = [x + MARGIN, y + 6];
  const [lastColumn, lastRow] = [alphas.length - 1, betas.length - 1];
  // Rows go upwards with β, columns to the right with α.
  const values = betas.flatMap((_, row) => alphas.map((_, column) => height(losses[column][row])));
  const grid = { values, columns: alphas.length, rows: betas.length };
  const bands = Array.from({ length: BANDS }, (_, band) => {
    const level = band / BANDS;
    const loops = outlines(grid, level).map((loop) =>
      pathThrough(
        loop.map(([column, row]) => [left + (side * column) / lastColumn, top + side * (1 - row / lastRow)] as const),
        true,
      ),
    );
    const style = { fill: viridis((band + 0.5) / BANDS), fillRule: "evenodd", stroke: "#ffffff", strokeOpacity: 0.55, strokeWidth: 0.7 };
    return loops.length === 0 ? "" : element("path", { d: loops.join(""), ...style });
  });
  const [cx, cy] = [left + side / 2, top + side / 2];
  const cross = element("path", {
    d: `M${cx - 6},${cy}H${cx + 6}M${cx},${cy - 6}V${cy + 6}`,
    stroke: "#ffffff",
    strokeWidth: 2.2,
    fill: "none",
  });
  const frame = element("rect", { x: left, y: top, width: side, height: side, fill: "none", stroke: QUIET });
  const numbers = [0, 0.5, 1].flatMap((share) => [
    words(left + side * share, top + side + 18, numberText(alphas[0] + share * (alphas[lastColumn] - alphas[0])), { textAnchor: "middle" }),
    words(left - 7, top + side * (1 - share) + 4, numberText(betas[0] + share * (betas[lastRow] - betas[0])), { textAnchor: "end" }),
  ]);
  const names = [
    words(left + side / 2, top + side + 37, "step α along d₁", { textAnchor: "middle", fontSize: SIZES.axis }),
    element(
      "g",
      { transform: `translate(${left - 34},${top + side / 2}) rotate(-90)` },
      words(0, 0, "step β along d₂", { textAnchor: "middle", fontSize: SIZES.axis }),
    ),
  ];
  return [...bands, cross, frame, ...numbers, ...names].join("");
}

export function numberText(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
