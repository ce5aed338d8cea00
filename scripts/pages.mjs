/**
 * Bundles the scripts and styles of pages into text, which the library writes into the pages that it makes: `src/ROOM/page/main.ts` with what
 * it imports, and the style sheets of the charts, of the report and of the room, become `src/ROOM/generated/page.js`. Nothing is
 * rewritten that did not change.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const at = (...parts) => join(root, ...parts);

/** The libraries that are part of every page. */
export const PAGE_PACKAGES = [at("node_modules/uplot")];

const CHART_STYLE = at("node_modules/uplot/dist/uPlot.min.css");

/** The rooms that have a page. */
const rooms = () => readdirSync(at("src")).filter((room) => existsSync(at("src", room, "page/main.ts")));

/** The files of a room's page by their endings, in the order of their names. */
const filesOf = (room, ending) =>
  readdirSync(at("src", room, "page"), { recursive: true })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => at("src", room, "page", file));

/** Writes the pages whose sources changed. */
export async function buildPages() {
  for (const room of rooms()) {
    const shared = room === "report" ? [] : ["report"];
    const styles = [...shared, room].flatMap((each) => filesOf(each, ".css"));
    const sources = [...shared, room].flatMap((each) => filesOf(each, ".ts"));
    const hash = hashOf(
      [fileURLToPath(import.meta.url), at("package.json"), CHART_STYLE, ...styles, ...sources].map((file) => readFileSync(file)),
    );
    const file = at("src", room, "generated/page.js");
    const begin = `// Made by scripts/pages.mjs of ${hash}.\n`;
    if (existsSync(file) && readFileSync(file, "utf8").startsWith(begin)) continue;
    const script = await scriptOf(at("src", room, "page/main.ts"));
    const style = [CHART_STYLE, ...styles].map((sheet) => small(readFileSync(sheet, "utf8"))).join("\n");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${begin}${constants({ SCRIPT: script, STYLE: style })}`);
  }
}

const constants = (texts) =>
  Object.entries(texts)
    .flatMap(([name, text]) => [
      `export const ${name} = ${JSON.stringify(text)};\n`,
      `export const ${name}_HASH = "sha256-${createHash("sha256").update(text).digest("base64")}";\n`,
    ])
    .join("");

async function scriptOf(input) {
  const { rolldown } = await import("rolldown");
  const build = await rolldown({ cwd: root, input, platform: "browser" });
  const { output } = await build.generate({ format: "iife", minify: true, comments: { legal: true, annotation: false, jsdoc: false } });
  await build.close();
  // Within a page the text would end at this.
  return output[0].code.replaceAll("</script", "<\\/script");
}

/** A style sheet without comments and indents. */
function small(css) {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s*\n\s*/g, "")
    .trim();
}

function hashOf(contents) {
  const hash = createHash("sha256");
  for (const content of contents) hash.update(content).update("\0");
  return hash.digest("hex");
}
