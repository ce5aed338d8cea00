import { Numbers, type TableContent } from "./dataTable.js";
import { type Child, el, freshId, svg } from "./dom.js";
import { numberText } from "./format.js";

/** A plane with axes that small drawings are made on: bars, points, lines. */
export interface Plane {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface PlaneOptions {
  readonly title: string;
  /** What is to be seen, for who does not see it. */
  readonly about: string;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly width?: number;
  readonly height?: number;
  /** How headings are: a chart of its own, or one of many small ones. */
  readonly small?: boolean;
  readonly numbers: () => TableContent;
}

const MARGIN = { left: 52, right: 10, top: 8, bottom: 38 };

/** A drawing with its title, its axes, and its numbers in a table. */
export function plane(options: PlaneOptions, draw: (plane: Plane) => readonly SVGElement[]): HTMLElement {
  const { title, about, xRange, yRange, xLabel, yLabel, width = 360, height = 240, small = false, numbers } = options;
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const x = (value: number) => left + ((value - xRange[0]) / (xRange[1] - xRange[0] || 1)) * (right - left);
  const y = (value: number) => bottom - ((value - yRange[0]) / (yRange[1] - yRange[0] || 1)) * (bottom - top);
  const id = freshId("drawing");
  const ticks = [
    ...ticksOf(xRange, small ? 3 : 5).flatMap((at) => [
      svg("line", { class: "grid", x1: x(at), x2: x(at), y1: top, y2: bottom }),
      svg("text", { x: x(at), y: bottom + 15, "text-anchor": "middle" }, numberText(at, 3)),
    ]),
    ...ticksOf(yRange, 4).flatMap((at) => [
      svg("line", { class: "grid", x1: left, x2: right, y1: y(at), y2: y(at) }),
      svg("text", { x: left - 6, y: y(at) + 4, "text-anchor": "end" }, numberText(at, 3)),
    ]),
    svg("text", { x: (left + right) / 2, y: height - 4, "text-anchor": "middle" }, xLabel),
    svg("text", { transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, yLabel),
  ];
  const drawing = svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${title}. ${about}`, class: "plane" },
    ...ticks,
    ...draw({ x, y }),
  );
  const beside = new Numbers(title);
  beside.show(numbers);
  const head: Child = el("h3", { id, class: small ? "minor" : null }, title);
  return el("figure", { class: small ? "chart small" : "chart" }, el("figcaption", {}, head), drawing, beside.element);
}

/** Round numbers within a range. */
export function ticksOf([from, to]: readonly [number, number], count: number): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  // The power of ten below a part.
  let step = Number(`1e${(span / count).toExponential().split("e")[1]}`);
  while (span / step > count * 1.5) step *= span / step > count * 4 ? 5 : 2;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
