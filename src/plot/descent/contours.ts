import { noGrad } from "../../graph/mode.js";
import { tensor } from "../../tensor/creation.js";
import type { Axes } from "../axes.js";
import { outlines } from "../outlines/marchingSquares.js";
import { simplified } from "../outlines/simplify.js";
import { element, pathThrough } from "../svg.js";
import type { LossOfTwo } from "./path.js";

/** Places of the grid along each axis. */
const GRID = 81;

/** From low to high: pale, so that paths stand out. */
const [LOW, HIGH] = [
  [250, 252, 255],
  [168, 186, 208],
];

/** A loss as bands between levels, the higher the darker, within a pair of axes. @param bands how many */
export function contours(loss: LossOfTwo, axes: Axes, bands = 12): string {
  const { x, y, toX, toY, area } = axes;
  const values = gridOf(loss, x, y);
  const grid = { values, columns: GRID, rows: GRID };
  const filled = levelsOf(values, bands).map((level, i) => {
    const d = outlines(grid, level).map((outline) =>
      pathThrough(
        simplified(
          outline.map(([column, row]) => [toX(along(x, column)), toY(along(y, row))] as const),
          0.4,
        ),
        true,
      ),
    );
    return element("path", { d: d.join(""), fill: shade((i + 1) / bands), fillRule: "evenodd", stroke: "#ffffff", strokeWidth: 0.7 });
  });
  return element("rect", { ...area, fill: shade(0) }) + filled.join("");
}

/** The loss at the places of a grid, row by row, y upwards. */
function gridOf(loss: LossOfTwo, x: readonly [number, number], y: readonly [number, number]): Float64Array {
  const places = (value: (i: number) => number) =>
    tensor(
      Float64Array.from({ length: GRID * GRID }, (_, i) => value(i)),
      { dtype: "float64" },
    );
  const [across, up] = [places((i) => along(x, i % GRID)), places((i) => along(y, Math.floor(i / GRID)))];
  const values = noGrad(() => loss(across, up));
  return Float64Array.from(values.data);
}

function along([from, to]: readonly [number, number], step: number): number {
  return from + ((to - from) * step) / (GRID - 1);
}

/** Levels below which a share of the places lies; they are closer where the loss is low. */
function levelsOf(values: Float64Array, bands: number): number[] {
  const sorted = values.filter(Number.isFinite).sort();
  const shares = Array.from({ length: bands }, (_, i) => (i + 1) / (bands + 1));
  return [...new Set(shares.map((share) => sorted[Math.floor(share * Math.sqrt(share) * (sorted.length - 1))]))];
}

function shade(share: number): string {
  return `#${LOW.map((low, i) => Math.round(low + (HIGH[i] - low) * share).toString(16)).join("")}`;
}
