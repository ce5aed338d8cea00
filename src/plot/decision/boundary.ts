import { AXES_ROOM, type Axes, axes } from "../axes.js";
import { outlines } from "../outlines/marchingSquares.js";
import { simplified } from "../outlines/simplify.js";
import { coordinate, element, pathThrough, words } from "../svg.js";
import { COLORS, INK, PAPER, SIZES } from "../theme.js";
import { type ClassModel, type ClassProbabilities, likeliest, margins, probabilitiesOf } from "./classes.js";

/** The part of the plane that is drawn. */
export interface Domain {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Samples of two features with their classes. */
export interface PlanePoints {
  readonly x: Float64Array;
  readonly y: Int32Array;
}

/** What a model says over the domain, at the points of a grid, from the upper left on. */
export interface BoundaryGrid {
  readonly domain: Domain;
  readonly columns: number;
  readonly rows: number;
  readonly found: ClassProbabilities;
}

/** The domain that holds all samples, with some room around them. */
export function domainOf({ x }: PlanePoints): Domain {
  const range = (axis: 0 | 1): readonly [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < x.length; i += 2) [low, high] = [Math.min(low, x[i]), Math.max(high, x[i])];
    const room = high > low ? (high - low) * 0.08 : 1;
    return [low - room, high + room];
  };
  return { x: range(0), y: range(1) };
}

/** Asks the model over the domain. @param resolution points along each side */
export function gridOf(op: string, model: ClassModel, domain: Domain, resolution: number): BoundaryGrid {
  const points = new Float32Array(2 * resolution * resolution);
  const along = ([from, to]: readonly [number, number], k: number) => from + ((to - from) * k) / (resolution - 1);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      const at = 2 * (row * resolution + column);
      points[at] = along(domain.x, column);
      points[at + 1] = along(domain.y, resolution - 1 - row);
    }
  }
  return { domain, columns: resolution, rows: resolution, found: probabilitiesOf(op, model, points, 2) };
}

/** How sure the model must be for each tint, as the lead of the likeliest class, and how strong the tint is. */
export const TINTS: readonly { readonly lead: number; readonly strength: number }[] = [
  { lead: 0, strength: 0.16 },
  { lead: 0.25, strength: 0.24 },
  { lead: 0.5, strength: 0.32 },
  { lead: 0.75, strength: 0.4 },
  { lead: 0.95, strength: 0.48 },
];

const SIDE = 420;
const LEFT = AXES_ROOM.left + 14;

/** The plot of a boundary below a heading: its axes, and the size of the whole. */
export function boundaryAxes({ x, y }: Domain, titles: readonly [string, string], top: number): Axes {
  return axes({ x, y, xTitle: titles[0], yTitle: titles[1], width: SIDE, height: SIDE, left: LEFT, top });
}

/** Pixels by which outlines may be off, so that they have fewer corners. */
const TOLERANCE = 0.2;

/** The classes' fields in tints, stronger where the model is surer, and the lines between them. */
export function fields({ found, columns, rows }: BoundaryGrid, { left, top, width, height }: Axes, tints = TINTS): string {
  const place = ([column, row]: Place): Place => [left + (column / (columns - 1)) * width, top + (row / (rows - 1)) * height];
  const parts: string[] = [];
  const edges: string[] = [];
  for (let c = 0; c < found.classes; c++) {
    const values = margins(found, c);
    for (const { lead, strength } of tints) {
      const lines = outlines({ values, columns, rows }, lead).map((outline) => simplified(outline.map(place), TOLERANCE));
      if (lines.length === 0) continue;
      const d = lines.map((line) => pathThrough(line, true)).join("");
      parts.push(element("path", { d, fill: tint(COLORS[c % COLORS.length], strength), fillRule: "evenodd" }));
      // Between two classes both have the same line.
      if (lead > 0 || (found.classes === 2 && c === 0)) continue;
      const inner = lines.map((line) => withoutFrame(line, { left, top, width, height })).join("");
      if (inner !== "") edges.push(element("path", { d: inner, fill: "none", stroke: INK, strokeWidth: 1.8 }));
    }
  }
  return parts.join("") + edges.join("");
}

type Place = readonly [number, number];

/** The parts of an outline that do not run along the frame of the plot, as the `d` of a path. */
function withoutFrame(line: readonly Place[], { left, top, width, height }: Pick<Axes, "left" | "top" | "width" | "height">): string {
  const near = (a: number, b: number) => Math.abs(a - b) < 0.01;
  const along = ([x0, y0]: Place, [x1, y1]: Place): boolean =>
    [left, left + width].some((x) => near(x0, x) && near(x1, x)) || [top, top + height].some((y) => near(y0, y) && near(y1, y));
  const pieces: Place[][] = [[]];
  for (let i = 0; i < line.length; i++) {
    const [from, to] = [line[i], line[(i + 1) % line.length]];
    const piece = pieces[pieces.length - 1];
    if (along(from, to)) {
      if (piece.length > 0) pieces.push([]);
    } else if (piece.length === 0) piece.push(from, to);
    else piece.push(to);
  }
  return pieces
    .filter((piece) => piece.length > 0)
    .map((piece) => pathThrough(piece))
    .join("");
}

/** A colour thinned with the white of paper. */
export function tint(color: string, strength: number): string {
  const channels = [1, 3, 5].map((at) => Math.round(255 - (255 - Number.parseInt(color.slice(at, at + 2), 16)) * strength));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The samples: a shape and a colour for each class. */
export function samples(points: PlanePoints, axes: Axes): string {
  return drawn(points, axes, (label, x, y) =>
    element("path", { d: symbol(label, x, y), fill: COLORS[label % COLORS.length], stroke: PAPER, strokeWidth: 0.9 }),
  );
}

/** What stands behind the samples that the model gets wrong, so that they have a dark edge. */
export function halos(points: PlanePoints, wrong: readonly boolean[], axes: Axes): string {
  const d = drawn(points, axes, (label, x, y, i) => (wrong[i] ? symbol(label, x, y) : ""));
  return d === "" ? "" : element("path", { d, stroke: INK, strokeWidth: 5.5, strokeLinejoin: "round" });
}

/** What is drawn for each sample that lies within the plot. */
function drawn(
  { x, y }: PlanePoints,
  { toX, toY, x: [x0, x1], y: [y0, y1] }: Axes,
  draw: (label: number, x: number, y: number, i: number) => string,
): string {
  return Array.from(y, (label, i) => {
    const [a, b] = [x[2 * i], x[2 * i + 1]];
    return a < x0 || a > x1 || b < y0 || b > y1 ? "" : draw(label, toX(a), toY(b), i);
  }).join("");
}

/** A circle, a square, a triangle or a diamond, by the class. */
function symbol(label: number, x: number, y: number): string {
  const [cx, cy] = [coordinate(x), coordinate(y)];
  switch (label % 4) {
    case 0:
      return `M${cx},${cy}m-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0Z`;
    case 1:
      return `M${cx},${cy}m-3.6,-3.6h7.2v7.2h-7.2Z`;
    case 2:
      return `M${cx},${cy}m0,-4.8l4.6,8.2h-9.2Z`;
    default:
      return `M${cx},${cy}m0,-5.2l5.2,5.2l-5.2,5.2l-5.2,-5.2Z`;
  }
}

/** The names of the classes beside the plot, and what a dark edge means. */
export function legend(classNames: readonly string[], left: number, top: number): string {
  const entries = classNames.map((name, k) => {
    const y = top + 10 + k * 22;
    return element("path", { d: symbol(k, left + 6, y), fill: COLORS[k % COLORS.length] }) + words(left + 18, y + 4, name);
  });
  const y = top + 10 + classNames.length * 22 + 8;
  const wrong = element("path", { d: symbol(0, left + 6, y), fill: PAPER, stroke: INK, strokeWidth: 2.3 });
  return [...entries, wrong, words(left + 18, y + 4, "wrong", { fontSize: SIZES.label })].join("");
}

/** Which samples the model gets wrong. */
export function mistakes(op: string, model: ClassModel, { x, y }: PlanePoints): boolean[] {
  const said = likeliest(probabilitiesOf(op, model, Float32Array.from(x), 2));
  return Array.from(y, (label, i) => said[i] !== label);
}
