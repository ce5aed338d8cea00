import { PeerError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { builtin } from "../kernels/platform.js";

/**
 * The libraries that draw. They are optional peers: who draws nothing does not install them. Each import stands within `try`, so that bundlers
 * take its absence for a warning.
 */

/** What draws specifications. */
export interface Charts {
  readonly vega: typeof import("vega");
  readonly lite: typeof import("vega-lite");
}

/** Loads Vega and Vega-Lite. @param op the name in errors @throws PeerError if one of them is not installed */
export async function loadCharts(op: string): Promise<Charts> {
  try {
    const [vega, lite] = await Promise.all([import("vega"), import("vega-lite")]);
    return { vega, lite };
  } catch (cause) {
    throw absent(op, "Vega cannot be loaded, which draws figures", "npm install vega vega-lite", cause);
  }
}

export type Dagre = typeof import("@dagrejs/dagre");

/** Loads what lays graphs out. @param op the name in errors @throws PeerError if it is not installed */
export async function loadDagre(op: string): Promise<Dagre> {
  try {
    return await import("@dagrejs/dagre");
  } catch (cause) {
    throw absent(op, "@dagrejs/dagre cannot be loaded, which lays graphs out", "npm install @dagrejs/dagre", cause);
  }
}

export type Resvg = typeof import("@resvg/resvg-wasm");

const PNG_PACKAGES = "npm install @resvg/resvg-wasm dejavu-fonts-ttf";

let renderer: Promise<Resvg> | null = null;

/** Loads the renderer of PNG and its module, once. @param op the name in errors @throws PeerError if it is not installed */
export async function loadResvg(op: string): Promise<Resvg> {
  renderer ??= import("@resvg/resvg-wasm").then(async (resvg) => {
    await resvg.initWasm(await packageFile("@resvg/resvg-wasm/index_bg.wasm"));
    return resvg;
  });
  try {
    return await renderer;
  } catch (cause) {
    renderer = null;
    throw absent(op, "the renderer @resvg/resvg-wasm cannot be loaded", PNG_PACKAGES, cause);
  }
}

/** The files of the fonts that figures are written in: regular, bold, oblique. */
const FONT_FILES = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"].map((name) => `dejavu-fonts-ttf/ttf/${name}.ttf`);

let fonts: Promise<Uint8Array[]> | null = null;

/** Loads the fonts of PNG, once. @param op the name in errors @throws PeerError if they are not installed */
export async function loadFonts(op: string): Promise<Uint8Array[]> {
  fonts ??= Promise.all(FONT_FILES.map(packageFile));
  try {
    return await fonts;
  } catch (cause) {
    fonts = null;
    throw absent(op, "the fonts of dejavu-fonts-ttf cannot be loaded", PNG_PACKAGES, cause);
  }
}

interface Modules {
  createRequire(from: string): { resolve(id: string): string };
}

/** The bytes of a file of an installed package. */
async function packageFile(id: string): Promise<Uint8Array> {
  const modules = builtin<Modules>("node:module");
  const files = builtin<{ promises: { readFile(path: string): Promise<Uint8Array> } }>("node:fs");
  if (modules === undefined || files === undefined) throw new Error("there is no file system here");
  return files.promises.readFile(modules.createRequire(import.meta.url).resolve(id));
}

function absent(op: string, what: string, command: string, cause: unknown): PeerError {
  // Node adds the modules that asked for it, a line each.
  const [reason] = String((cause as { message?: unknown } | null)?.message ?? cause).split("\n");
  return new PeerError(message(op, `${what}: ${reason}`, `Run: ${command}`));
}
