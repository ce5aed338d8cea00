import { element, pathThrough, words } from "../svg.js";
import { GRID, QUIET, SIZES } from "../theme.js";
import { viridis } from "../viridis.js";
import { numberText } from "./contourPanel.js";
import { type Heights, lossText, lossTicks } from "./heights.js";
import type { Landscape } from "./landscape.js";

/** A point of the box: α and β from −1 to 1 at its sides, the height from 0 to 1. */
type Point = readonly [number, number, number];
type Place = readonly [number, number];

/** From where the box is looked at: turned to the side, and from above, as cosine and sine. */
const TURN = { cos: 0.8, sin: 0.6 };
const RISE = { cos: 15 / 17, sin: 8 / 17 };
/** The height of the box in halves of its side. */
const TALL = 1.25;
/** From where light comes. */
const LIGHT: Point = [-0.35, -0.45, 0.82];

/** How far a point is from whoever looks, and where it is seen, in halves of a side. The projection is parallel. */
export function project([x, y, z]: Point): { depth: number; at: Place } {
  const across = x * TURN.cos - y * TURN.sin;
  const depth = x * TURN.sin + y * TURN.cos;
  return { depth, at: [across, -depth * RISE.sin - z * TALL * RISE.cos] };
}

/** A landscape as a surface in a box. Its quadrangles are drawn from the farthest to the nearest, so that what is in front hides what is behind. */
export function surfacePanel({ alphas, betas, losses }: Landscape, heights: Heights, x: number, y: number, size: number): string {
  const scale = size / 3.3;
  const place = (point: Point): Place => {
    const [across, down] = project(point).at;
    return [x + size / 2 + scale * across, y + size * 0.69 + scale * down];
  };
  const [columns, rows] = [alphas.length - 1, betas.length - 1];
  const point = (column: number, row: number): Point => [
    (2 * column) / columns - 1,
    (2 * row) / rows - 1,
    heights.height(losses[column][row]),
  ];
  const quads: { depth: number; svg: string }[] = [];
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const corners = [point(column, row), point(column + 1, row), point(column + 1, row + 1), point(column, row + 1)];
      const shown = belowCeiling(corners);
      if (shown.length === 0) continue;
      const height = shown.reduce((sum, corner) => sum + corner[2], 0) / shown.length;
      const style = {
        fill: viridis(height, brightness(corners)),
        stroke: "#000000",
        strokeOpacity: 0.28,
        strokeWidth: 0.5,
        strokeLinejoin: "round",
      };
      const depth = project([(corners[0][0] + corners[2][0]) / 2, (corners[0][1] + corners[2][1]) / 2, 0]).depth;
      quads.push({ depth, svg: element("path", { d: pathThrough(shown.map(place), true), ...style }) });
    }
  }
  quads.sort((a, b) => b.depth - a.depth);
  return [box(place, heights), ...quads.map(({ svg }) => svg), axes(place, alphas, betas)].join("");
}

/** The part of a quadrangle that is not above the ceiling, by Sutherland and Hodgman's clipping (CACM 17, 1974). */
export function belowCeiling(corners: readonly Point[]): Point[] {
  return corners.flatMap((corner, i) => {
    const next = corners[(i + 1) % corners.length];
    const kept = corner[2] <= 1 ? [corner] : [];
    if (corner[2] <= 1 === next[2] <= 1) return kept;
    const share = (1 - corner[2]) / (next[2] - corner[2]);
    return [...kept, [corner[0] + share * (next[0] - corner[0]), corner[1] + share * (next[1] - corner[1]), 1]];
  });
}

/** How much light falls on a quadrangle. */
function brightness([a, b, c, d]: readonly Point[]): number {
  const [u, v] = [c, d].map((to, i) => [0, 1, 2].map((axis) => (to[axis] - (i === 0 ? a : b)[axis]) * (axis === 2 ? TALL : 1)));
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const length = Math.sqrt(normal.reduce((sum, part) => sum + part * part, 0)) || 1;
  const cosine = normal.reduce((sum, part, axis) => sum + (part / length) * LIGHT[axis], 0);
  return 0.72 + 0.36 * Math.max(cosine, 0);
}

/** The floor and the two walls behind the surface, with lines at the ticks of the loss. */
function box(place: (point: Point) => Place, heights: Heights): string {
  const floor: Point[] = [[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]; // biome-ignore format: corners
  const rim = element("path", { d: pathThrough(floor.map(place), true), fill: "#f6f6f6", stroke: GRID });
  const posts = ([[-1, 1], [1, 1], [1, -1]] as const).map(([a, b]) => pathThrough([place([a, b, 0]), place([a, b, 1])])); // biome-ignore format: corners
  const levels = lossTicks(heights).flatMap((loss) => {
    const height = heights.height(loss);
    const [tickX, tickY] = place([-1, 1, height]);
    return [
      element("path", {
        d: pathThrough([place([-1, 1, height]), place([1, 1, height]), place([1, -1, height])]),
        fill: "none",
        stroke: GRID,
      }),
      words(tickX - 7, tickY + 4, lossText(loss), { textAnchor: "end" }),
    ];
  });
  const [nameX, nameY] = place([-1, 1, 1]);
  const name = words(nameX - 7, nameY - 14, "loss", { textAnchor: "middle", fontSize: SIZES.axis });
  return [rim, element("path", { d: posts.join(""), fill: "none", stroke: QUIET, strokeWidth: 0.8 }), ...levels, name].join("");
}

/** The numbers and names along the two sides in front. */
function axes(place: (point: Point) => Place, alphas: readonly number[], betas: readonly number[]): string {
  const sides = [
    { steps: alphas, name: "α", at: (share: number) => place([2 * share - 1, -1, 0]), anchor: "start", aside: 4 },
    { steps: betas, name: "β", at: (share: number) => place([-1, 2 * share - 1, 0]), anchor: "end", aside: -4 },
  ];
  return sides
    .flatMap(({ steps, name, at, anchor, aside }) => {
      const numbers = [0, 0.5, 1].map((share) => {
        const [x, y] = at(share);
        return words(x + aside, y + 16, numberText(steps[0] + share * (steps[steps.length - 1] - steps[0])), { textAnchor: anchor });
      });
      const [x, y] = at(0.75);
      return [...numbers, words(x + 3 * aside, y + 24, name, { textAnchor: anchor, fontSize: SIZES.axis })];
    })
    .join("");
}
