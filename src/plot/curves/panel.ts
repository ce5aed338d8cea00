import { category, layered, lines, quantity } from "../chart.js";
import type { Row, Spec } from "../spec.js";
import { BLUE, ORANGE, SIZES } from "../theme.js";
import type { Curve } from "./curve.js";

export interface CurvePanel {
  readonly name: string;
  /** What stands below the name. */
  readonly note?: string;
  /** What the abscissa is. */
  readonly over: string;
  readonly curve: Curve;
  readonly width: number;
  readonly height: number;
  /** What is shown of the ordinate; absent: all. */
  readonly domain?: readonly [number, number];
}

const KINDS = ["function", "derivative"];

/** A function with its derivative, in a view of its own. Rows of such views share a legend. */
export function curvePanel({ name, note, over, curve, width, height, domain }: CurvePanel): Spec {
  const all = [...curve.y, ...curve.slope];
  // A twentieth of a pixel or so.
  const tolerance = 4e-4 * (domain ? domain[1] - domain[0] : Math.max(...all) - Math.min(...all));
  const rowsOf = (kind: string, values: readonly number[]): Row[] =>
    corners(values, tolerance).map((i) => ({ x: curve.x[i], value: values[i], kind }));
  const shared = category("kind", null, { order: KINDS, colors: [BLUE, ORANGE], legend: { orient: "top" } });
  const dash = {
    field: "kind",
    type: "nominal",
    scale: {
      domain: KINDS,
      range: [
        [1, 0],
        [5, 4],
      ],
    },
    legend: null,
  };
  const isSmall = width < 300;
  const size = isSmall ? 11 : SIZES.axis;
  const titled = { axis: { titleFontSize: size } };
  const encoding = {
    x: quantity("x", over, { ticks: isSmall ? 4 : 9, ...titled }),
    y: quantity("value", "", { ...(domain ? { domain } : {}), ticks: isSmall ? 4 : 8 }),
    color: shared,
    strokeDash: dash,
  };
  const view = layered(
    { width, height },
    lines([...rowsOf("derivative", curve.slope), ...rowsOf("function", curve.y)], encoding, { strokeWidth: isSmall ? 2 : 3 }),
  );
  const characters = Math.max(12, Math.floor(width / 5.6));
  return {
    ...view,
    title: {
      text: name,
      fontSize: isSmall ? 13 : 17,
      offset: 6,
      ...(note === undefined ? {} : { subtitle: wrapped(note, characters), subtitleFontSize: isSmall ? 11 : 14 }),
    },
  };
}

/**
 * The places that a line through values at even distances needs: none that is left out lies farther than `tolerance` above or below the line
 * that stays.
 */
export function corners(values: readonly number[], tolerance: number): number[] {
  const kept = [0];
  for (let from = 0; from < values.length - 1; ) {
    let to = from + 1;
    while (to + 1 < values.length && isStraight(values, from, to + 1, tolerance)) to++;
    kept.push(to);
    from = to;
  }
  return kept;
}

function isStraight(values: readonly number[], from: number, to: number, tolerance: number): boolean {
  const rise = (values[to] - values[from]) / (to - from);
  for (let i = from + 1; i < to; i++) if (Math.abs(values[from] + (i - from) * rise - values[i]) > tolerance) return false;
  return true;
}

/** A text in lines. @param characters the length of a line, about */
export function wrapped(text: string, characters: number): string[] {
  const rows = [""];
  for (const word of text.split(" ")) {
    const last = rows[rows.length - 1];
    if (last !== "" && last.length + 1 + word.length > characters) rows.push(word);
    else rows[rows.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return rows;
}
