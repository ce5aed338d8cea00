/** Fits the published source maps to their code, whose long lines were cut, and makes them small. Errors, profiles and debuggers still find the right lines. */
import { readFileSync, writeFileSync } from "node:fs";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A number in base 64. A bit in each digit says whether more digits follow. */
const NUMBER = "[g-z0-9+/]*[A-Za-f]";
/**
 * A segment: the distances from the segment before in the column of the output and in file, line and column of the sources. The
 * distance of a name may follow.
 */
const SEGMENT = new RegExp(`^(${NUMBER})((?:${NUMBER}){3})`);
const SAME_PLACE = "AAA";

/**
 * Rewrites a map without the texts of data and of other libraries, without names, and without segments that repeat a place.
 * @param cuts where lines were cut: see lines.mjs
 */
export function slim(file, cuts) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  map.sourcesContent = map.sourcesContent.map((text, i) =>
    /.{4000}/.test(text) || map.sources[i].includes("node_modules/") ? null : text,
  );
  map.names = [];
  map.mappings = map.mappings
    .split(";")
    .map((line, i) => thin(line, cuts.get(i)))
    .join(";");
  writeFileSync(file, JSON.stringify(map));
}

/** A line of mappings, cut, without segments that point to the same place of the sources as the segment before. */
function thin(line, cuts = []) {
  const lines = [];
  let kept = [];
  let column = 0;
  let told = 0;
  let next = 0;
  const cutBefore = (end) => {
    for (; next < cuts.length && cuts[next].column <= end; next++) {
      lines.push(kept.join(","));
      // What goes on in the new line has the place that was told last, if there was one.
      kept = kept.length > 0 ? [`A${SAME_PLACE}`] : [];
      told = cuts[next].column - cuts[next].indent;
    }
  };
  for (const segment of line === "" ? [] : line.split(",")) {
    const [, step, place] = segment.match(SEGMENT);
    column += decode(step);
    cutBefore(column);
    if (kept.length > 0 && place === SAME_PLACE) continue;
    kept.push(encode(column - told) + place);
    told = column;
  }
  cutBefore(Infinity);
  return [...lines, kept.join(",")].join(";");
}

function decode(text) {
  return [...text].reduceRight((value, digit) => value * 32 + (DIGITS.indexOf(digit) & 31), 0) >> 1;
}

function encode(value) {
  let text = "";
  let rest = value << 1;
  for (; rest > 31; rest >>= 5) text += DIGITS[(rest & 31) | 32];
  return text + DIGITS[rest];
}
