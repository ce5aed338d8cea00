/** Long regular expressions of bundled libraries as calls of RegExp with short strings, between which `lines.mjs` can break a line. */
import { parseAst } from "rolldown/parseAst";

/** The most characters of a regular expression that stays as it is. */
const LONGEST = 100;

/** The plugin of the bundler. */
export const shortPatterns = {
  name: "short-patterns",
  transform(code, id) {
    if (!id.includes("/node_modules/")) return null;
    const found = patternsIn(parseAst(code)).sort((a, b) => b.start - a.start);
    if (found.length === 0) return null;
    const call = ({ regex: { pattern, flags } }) => `new RegExp(${inPieces(pattern)}, ${JSON.stringify(flags)})`;
    return { code: found.reduce((text, node) => text.slice(0, node.start) + call(node) + text.slice(node.end), code), map: null };
  },
};

/** A text as a list of short ones that are joined when the program runs: a sum would be computed by the bundler. */
function inPieces(text) {
  return `[${text
    .match(/.{1,60}/gsu)
    .map((piece) => JSON.stringify(piece))
    .join(", ")}].join("")`;
}

/** The nodes of long regular expressions. */
function patternsIn(node) {
  if (node === null || typeof node !== "object") return [];
  if (node.type === "Literal" && node.regex) return node.end - node.start > LONGEST ? [node] : [];
  return Object.values(node).flatMap(patternsIn);
}
