import { coordinate } from "../svg.js";

export type Place = readonly [x: number, y: number];

/** The `d` of a smooth path along corners, which it rounds: straight to the middle of each side, and around the corner from there. */
export function smooth(points: readonly Place[]): string {
  const text = ([x, y]: Place): string => `${coordinate(x)},${coordinate(y)}`;
  const between = (a: Place, b: Place): Place => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  const corners = points.slice(1, -1).map((point, i) => {
    const last = i === points.length - 3;
    return `Q${text(point)} ${text(last ? points[points.length - 1] : between(point, points[i + 2]))}`;
  });
  const [first, second] = points;
  if (corners.length === 0) return `M${text(first)}L${text(second)}`;
  return `M${text(first)}${corners.join("")}`;
}
