import { Figure } from "./figure.js";
import { FONT, INK, PAPER, SIZES } from "./theme.js";
import { described, escaped, ownIds } from "./tidy.js";

/** Attributes of an element. Numbers are written to hundredths; undefined leaves one out; `strokeWidth` becomes stroke-width. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes of SVG that are written in camel case there, too. */
const CAMEL = [
  "viewBox",
  "preserveAspectRatio",
  "gradientUnits",
  "gradientTransform",
  "clipPathUnits",
  "markerWidth",
  "markerHeight",
  "refX",
  "refY",
  "markerUnits",
  "pathLength",
  "attributeName",
  "attributeType",
  "repeatCount",
  "repeatDur",
  "keyTimes",
  "keySplines",
  "keyPoints",
  "calcMode",
  "textLength",
];

/** An element as text. @param children elements as texts */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${attributeName(key)}="${valueText(value)}"`],
  );
  const open = `<${name}${written.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("")}</${name}>`;
}

function attributeName(key: string): string {
  return CAMEL.includes(key) ? key : key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function valueText(value: string | number): string {
  return typeof value === "number" ? coordinate(value) : escaped(value);
}

/** A number to hundredths, so that it is short, and the same for results that differ in their last bits. */
export function coordinate(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return String(rounded === 0 ? 0 : rounded);
}

/** Words at a place. @param attributes such as textAnchor, fontSize, fill */
export function words(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, fontSize: SIZES.label, fill: INK, ...attributes }, escaped(text));
}

/** The `d` of a path through points. @param closed whether it ends where it began */
export function pathThrough(places: readonly (readonly [number, number])[], closed = false): string {
  const steps = places.map(([x, y], i) => `${i === 0 ? "M" : "L"}${coordinate(x)},${coordinate(y)}`);
  return `${steps.join("")}${closed ? "Z" : ""}`;
}

/** An arrow's head, to be used as markerEnd: "url(#id)". */
export function arrowHead(id: string, fill: string = INK): string {
  const head = element("path", { d: "M0,0L8,3.5L0,7Z", fill });
  return element(
    "marker",
    { id, markerWidth: 8, markerHeight: 7, refX: 7, refY: 3.5, orient: "auto", markerUnits: "userSpaceOnUse" },
    head,
  );
}

/** A whole picture of our own, on paper, in the theme's font. @param title for those who do not see it; what is to be seen stands among the children */
export function drawing(
  { width, height, title }: { width: number; height: number; title: string },
  ...children: readonly string[]
): Figure {
  const size = { width, height, viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}` };
  const paper = element("rect", { width, height, fill: PAPER });
  const svg = element("svg", { xmlns: "http://www.w3.org/2000/svg", ...size, fontFamily: FONT, fontSize: SIZES.label }, paper, ...children);
  return new Figure(described(ownIds(svg), title));
}

/** The head of a picture, as Vega's figures have it. @returns the element and the room that it takes */
export function heading(title: string, subtitle?: string): { svg: string; height: number } {
  const first = words(14, 14 + SIZES.title, title, { fontSize: SIZES.title, fontWeight: "bold" });
  if (subtitle === undefined) return { svg: first, height: 26 + SIZES.title };
  const second = words(14, 14 + SIZES.title + SIZES.subtitle + 6, subtitle, { fontSize: SIZES.subtitle, fill: "#6b6b6b" });
  return { svg: first + second, height: 34 + SIZES.title + SIZES.subtitle };
}
