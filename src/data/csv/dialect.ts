import { flag, text } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { MISSING_WORDS } from "../missingWords.js";

const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");
const isSeparator = (value: unknown): boolean =>
  typeof value === "string" && value.length === 1 && value.charCodeAt(0) < 128 && !'"\r\n'.includes(value);

/** How a CSV file is written. */
export const DIALECT = {
  /** What stands between cells. Default null: a comma, a semicolon or a tab, as the first lines tell. */
  separator: option<string, { default: null; aka: string[] }>('a character of ASCII, such as ";"', isSeparator, {
    default: null,
    aka: ["delimiter", "sep"],
  }),
  /** Whether the first line has the names of the columns. Default null: it has, unless a number stands in it. */
  header: flag({ default: null }),
  /** The names of the columns, in place of those of the first line. Default null. */
  names: option<readonly string[], { default: null }>("a list of names", isList, { default: null }),
  /** What lines begin with that are left out. Default null: there are none. */
  comment: text({ default: null }),
  /** What cells say that are missing. Default: nothing at all, NA, N/A, n/a, #N/A, <NA>, NaN, nan, null, NULL, None and ?. */
  missing: option<readonly string[], { default: readonly string[]; aka: string[] }>("a list of texts", isList, {
    default: MISSING_WORDS,
    aka: ["naValues", "na_values"],
  }),
};

/** The options of `DIALECT` with their values. */
export interface Dialect {
  readonly separator: string | null;
  readonly header: boolean | null;
  readonly names: readonly string[] | null;
  readonly comment: string | null;
  readonly missing: readonly string[];
}

const CANDIDATES = ["\t", ";", ","] as const;

/** The lines that tell the separator. */
const TELLING = 20;

/** The separator of a file that begins so: it stands in each line equally often, and most often. Without any there is one column. */
export function guessSeparator(begin: string, comment: string | null): string {
  const counts = CANDIDATES.map(() => [] as number[]);
  let line = CANDIDATES.map(() => 0);
  let isQuoted = false;
  let isEmpty = true;
  const ended = () => {
    if (!isEmpty) for (const [i, count] of line.entries()) counts[i].push(count);
    line = CANDIDATES.map(() => 0);
    isEmpty = true;
  };
  for (let at = 0; at < begin.length && counts[0].length < TELLING; at++) {
    const letter = begin[at];
    if (isEmpty && comment !== null && comment !== "" && begin.startsWith(comment, at)) {
      const end = begin.indexOf("\n", at);
      at = end < 0 ? begin.length : end;
      continue;
    }
    if (letter === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (letter === "\n") ended();
    else if (letter !== "\r") {
      isEmpty = false;
      const found = CANDIDATES.indexOf(letter as ",");
      if (found >= 0) line[found]++;
    }
  }
  // A file of one line ends without a line feed; of a longer one the last line may be cut.
  if (counts[0].length === 0) ended();
  const scores = counts.map((each) => (each[0] > 0 ? each.filter((count) => count === each[0]).length * 1000 + Math.min(each[0], 999) : 0));
  const best = scores.indexOf(Math.max(...scores));
  return scores[best] > 0 ? CANDIDATES[best] : ",";
}
