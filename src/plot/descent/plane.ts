import { type Axes, type AxesOptions, axes } from "../axes.js";
import { element, pathThrough } from "../svg.js";

/** A plane of two parameters with what is drawn in it, which its axes cut off. @param inside draws within; it is told the axes */
export function plane(options: AxesOptions, inside: (axes: Axes) => readonly string[]): string {
  const frame = axes(options);
  const clip = `plane${Math.round(options.left)}-${Math.round(options.top)}`;
  return (
    element("clipPath", { id: clip }, element("rect", frame.area)) +
    element("g", { clipPath: `url(#${clip})` }, ...inside(frame)) +
    frame.svg
  );
}

type Place = readonly [x: number, y: number];

/** An arrow from place to place of the plane. @param head the id of an arrow's head */
export function arrow(
  { toX, toY }: Axes,
  from: Place,
  to: Place,
  color: string,
  head: string,
  style: { readonly width?: number; readonly dash?: string } = {},
): string {
  const line = { x1: toX(from[0]), y1: toY(from[1]), x2: toX(to[0]), y2: toY(to[1]) };
  return element("line", {
    ...line,
    stroke: color,
    strokeWidth: style.width ?? 3,
    strokeDasharray: style.dash,
    markerEnd: `url(#${head})`,
  });
}

/** A line through places of the plane. */
export function lineThrough({ toX, toY }: Axes, places: readonly Place[], color: string, width = 2): string {
  const d = pathThrough(places.map(([x, y]) => [toX(x), toY(y)]));
  return element("path", { d, fill: "none", stroke: color, strokeWidth: width, strokeLinejoin: "round" });
}
