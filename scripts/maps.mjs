/** Makes the source maps that are published small: an error, a profile or a debugger is led to the right line as before. */
import { readFileSync, writeFileSync } from "node:fs";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A number in base 64: all digits but the last are marked as such. */
const NUMBER = "[g-z0-9+/]*[A-Za-f]";
/** How far in the line, and how far in file, line and column of the sources; a name may follow. All count from the segment before. */
const SEGMENT = new RegExp(`^(${NUMBER})((?:${NUMBER}){3})`);
const SAME_PLACE = "AAA";

/** Leaves out what a map repeats: data such as the kernels' bytes, the libraries of others, names, places that stand already. */
export function slim(file) {
  const map = JSON.parse(readFileSync(file, "utf8"));
  map.sourcesContent = map.sourcesContent.map((text, i) =>
    /.{4000}/.test(text) || map.sources[i].includes("node_modules/") ? null : text,
  );
  map.names = [];
  map.mappings = map.mappings.split(";").map(thin).join(";");
  writeFileSync(file, JSON.stringify(map));
}

/** A line of mappings without those segments that lead where the one before them leads. */
function thin(line) {
  let column = 0;
  let told = 0;
  const kept = [];
  for (const segment of line === "" ? [] : line.split(",")) {
    const [, step, place] = segment.match(SEGMENT);
    column += decode(step);
    if (kept.length > 0 && place === SAME_PLACE) continue;
    kept.push(encode(column - told) + place);
    told = column;
  }
  return kept.join(",");
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
