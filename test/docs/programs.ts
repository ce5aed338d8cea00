import { transformSync } from "esbuild";
import { files, read } from "../support/repository.js";

/** A program of a page. */
export interface Program {
  /** Where it stands: `docs/data.md:12`. */
  readonly place: string;
  readonly language: "js" | "ts";
  /** As it stands on the page. */
  readonly code: string;
}

/** A page's programs, and the files that stand beside them. */
export interface Page {
  readonly path: string;
  readonly programs: readonly Program[];
  /** Blocks with a file name behind the language, such as ```js trainer.mjs: programs of the page start them. */
  readonly files: readonly { readonly name: string; readonly code: string }[];
}

export const pages: readonly string[] = ["README.md", ...files("docs").filter((path) => path.endsWith(".md"))];

const IMPORT = /^import .*\bfrom "simdgrad(\/\w+)?";$/m;

/**
 * The programs of a page: its blocks of JavaScript and TypeScript, and the module scripts of its HTML. One that imports from the
 * library begins a program; one that does not goes on from the block before it.
 * @throws Error for a block with nothing to go on from
 */
export function pageOf(path: string): Page {
  const programs: Program[] = [];
  const beside: { name: string; code: string }[] = [];
  const text = read(path);
  for (const match of text.matchAll(/^```(js|ts|html)(?: (\S+))?\n([\s\S]*?)^```$/gm)) {
    const [, kind, name, block] = match;
    const language = kind === "ts" ? "ts" : "js";
    const code = kind === "html" ? moduleScript(block) : block;
    const place = `${path}:${text.slice(0, match.index).split("\n").length}`;
    const last = programs.at(-1);
    if (name !== undefined) beside.push({ name, code });
    else if (IMPORT.test(code)) programs.push({ place, language, code });
    else if (last?.language === language) programs[programs.length - 1] = { ...last, code: `${last.code}\n${code}` };
    else throw new Error(`${place}: this block imports nothing and follows no program`);
  }
  return { path, programs, files: beside };
}

/** What stands in the module script of a page in HTML, without its indent. */
function moduleScript(html: string): string {
  return (/<script type="module">\n([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "").replaceAll(/^ {2}/gm, "");
}

/** The folder of a page's programs, by the page's path: "docs/course/README.md" has "course-readme". */
export function folderOf({ path }: Page): string {
  return path
    .replace(/^docs\//, "")
    .replace(/\.md$/, "")
    .replaceAll("/", "-")
    .toLowerCase();
}

/** `console.log(…);   // → what it prints`; the remark may also begin on the next line, and go on behind `//   `. */
const PRINTED = /^(.*?)\bconsole\.log\((.*)\);?(?:[ \t]*|\n[ \t]*)\/\/ → (.*(?:\n[ \t]*\/\/ {3}.*)*)$/gm;

/**
 * A program as it is run: every remark about what is printed is handed to `printed`, which compares.
 * @throws Error for a remark that belongs to no console.log of one line
 */
export function runnable({ code, language, place }: Program): string {
  const checked = code.replaceAll(PRINTED, (_, before: string, values: string, remark: string) => {
    const expected = remark.replaceAll(/\n[ \t]*\/\/ */g, " ").trim();
    return `${before}printed(${JSON.stringify(expected)}, ${values});`;
  });
  const stray = /^.*\/\/ →.*$/m.exec(checked);
  if (stray !== null) throw new Error(`${place}: this remark is of no console.log of one line: ${stray[0].trim()}`);
  return language === "ts" ? transformSync(checked, { loader: "ts", format: "esm" }).code : checked;
}
