/**
 * Breaks the long lines of published code, since an uncaught error shows its line. Code is broken before operands, arguments and
 * statements; a long string, where nothing else is near, by a backslash at the end of the line.
 */
import { parseAst } from "rolldown/parseAst";

/** The most characters of a line, without the backslash. */
const LONGEST = 180;
/** Data are broken at multiples of this. */
const STEP = 20;
const INDENT = "\t\t";

/**
 * A program with lines of bearable length.
 * @returns { code, cuts }: by the number of a line, where it was cut: { column, indent }, the indentation of what follows there
 */
export function shortLines(code) {
  const cuts = new Map();
  const places = placesOf(code);
  let next = 0;
  let from = 0;
  const lines = code.split("\n").map((line, number) => {
    const end = from + line.length;
    const parts = [];
    let start = from;
    let room = LONGEST;
    while (end - start > room) {
      while (next < places.length && places[next].at <= start + room / 3) next++;
      let best = null;
      for (let i = next; i < places.length && places[i].at <= start + room; i++) {
        if (best === null || places[i].depth <= best.depth) best = places[i];
      }
      if (best === null) throw new Error(`lines: no place to break "${code.slice(start, start + LONGEST)}"`);
      const { at, inText } = best;
      parts.push(code.slice(start, at) + (inText ? "\\\n" : `\n${INDENT}`));
      const indent = inText ? 0 : INDENT.length;
      cuts.set(number, [...(cuts.get(number) ?? []), { column: at - from, indent }]);
      start = at;
      room = LONGEST - indent;
    }
    const broken = parts.join("") + code.slice(start, end);
    from = end + 1;
    return broken;
  });
  return { code: lines.join("\n"), cuts };
}

/** All places where a line may be broken, in their order. Those of the least depth are the best. */
function placesOf(code) {
  const places = new Map();
  const visit = (node, depth) => {
    if (node === null || typeof node !== "object") return;
    if (Array.isArray(node)) for (const each of node) visit(each, depth);
    else {
      if (typeof node.type === "string") {
        if (node.type === "TemplateElement" || (node.type === "Literal" && typeof node.value === "string")) within(node);
        else if (!/^(BlockStatement|FunctionBody|TemplateElement)$/.test(node.type)) before(node, depth);
      }
      // The raw text of a tagged template would change.
      if (node.type !== "TaggedTemplateExpression") for (const child of Object.values(node)) visit(child, depth + 1);
    }
  };
  const add = (at, depth, inText) => {
    if (!places.has(at) || places.get(at).depth > depth) places.set(at, { at, depth, inText });
  };
  /** A line may be broken before a node, and a comment of it, where something stands before that cannot end a statement. */
  const before = ({ start }, depth) => {
    const [, sign, between] = code.slice(Math.max(0, start - 40), start).match(/([([{,?:&|=>;+)])(\s*(?:\/\* @__PURE__ \*\/ )?)$/) ?? [];
    if (sign !== undefined) add(start - between.trimStart().length, depth, false);
  };
  /** The words of a text stay whole, if it has any; its escapes always do. */
  const within = ({ start, end }) => {
    const words = /\s/.test(code.slice(start, start + LONGEST));
    for (let at = start + 2; at < end - 1; at += words ? 1 : STEP) {
      if (code.slice(Math.max(start, at - 6), at).includes("\\")) continue;
      add(at, words && code[at - 1] === " " ? 1000 : 2000, true);
    }
  };
  visit(parseAst(code).body, 0);
  return [...places.values()].sort((a, b) => a.at - b.at);
}
