/**
 * Bundles the scripts and styles of pages into text, which the library writes into the pages that it makes: `src/ROOM/page/main.ts` with what
 * it imports, and the style sheets of the room, become `src/ROOM/generated/page.js`. The charts and what else pages share are in the report's:
 * other pages have its script and style before their own, and import from its `page/main.ts` alone. Nothing is rewritten that did not change.
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

/** The room whose page the others are made of, and what its script calls itself there. */
const SHARED = "report";
const SHARED_NAME = "simdgradReport";

/** The rooms that have a page. */
const rooms = () => readdirSync(at("src")).filter((room) => existsSync(mainOf(room)));

const mainOf = (room) => at("src", room, "page/main.ts");

/** The files of a room's page by their endings, in the order of their names. */
const filesOf = (room, ending) =>
  readdirSync(at("src", room, "page"), { recursive: true })
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => at("src", room, "page", file));

/** Writes the pages whose sources changed. */
export async function buildPages() {
  for (const room of rooms()) {
    const styles = [...(room === SHARED ? [CHART_STYLE] : []), ...filesOf(room, ".css")];
    const sources = [fileURLToPath(import.meta.url), at("package.json"), ...styles, ...filesOf(room, ".ts")];
    const hash = hashOf(sources.map((file) => readFileSync(file)));
    const file = at("src", room, "generated/page.js");
    const begin = `// Made by scripts/pages.mjs of ${hash}.\n`;
    if (existsSync(file) && readFileSync(file, "utf8").startsWith(begin)) continue;
    const script = await scriptOf(room);
    const style = styles.map((sheet) => small(readFileSync(sheet, "utf8"))).join("\n");
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

async function scriptOf(room) {
  const { rolldown } = await import("rolldown");
  const external = room === SHARED ? [] : [mainOf(SHARED)];
  const build = await rolldown({ cwd: root, input: mainOf(room), platform: "browser", external });
  const { output } = await build.generate({
    format: "iife",
    ...(room === SHARED ? { name: SHARED_NAME } : { globals: { [mainOf(SHARED)]: SHARED_NAME } }),
    minify: true,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
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
