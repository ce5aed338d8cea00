import { Figure } from "./figure.js";
import { loadCharts } from "./peers.js";
import type { Spec } from "./spec.js";
import { textWidth } from "./textWidth.js";
import { CONFIG } from "./theme.js";
import { tidy } from "./tidy.js";

/** Ends when the figure has been drawn that is being drawn. Vega's measure of text is one for all, so only one is drawn at a time. */
let last: Promise<unknown> = Promise.resolve();

/** Draws a specification of Vega-Lite in the house's theme. @param op the name in errors @throws PeerError if Vega is not installed */
export async function draw(op: string, spec: Spec): Promise<Figure> {
  const { vega, lite } = await loadCharts(op);
  const compiled = lite.compile(spec as never, { config: CONFIG as never, logger: quiet(vega) }).spec;
  return drawVega(op, compiled as unknown as Spec);
}

/** Draws a specification of Vega, for what Vega-Lite cannot say. @param op the name in errors @throws PeerError if Vega is not installed */
export async function drawVega(op: string, spec: Spec): Promise<Figure> {
  const { vega } = await loadCharts(op);
  const drawn = last.then(async () => {
    const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
    const before = textMetrics.width;
    textMetrics.width = measured;
    const view = new vega.View(vega.parse(spec as never), { renderer: "none", logger: quiet(vega) });
    try {
      return await view.toSVG();
    } finally {
      view.finalize();
      textMetrics.width = before;
    }
  });
  last = drawn.catch(() => {});
  return new Figure(tidy(await drawn, titleOf(spec)));
}

/** What Vega measures text by; its types leave it out. */
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** The measure of text that Vega asks for. */
function measured({ fontSize, fontWeight }: TextItem, text: unknown): number {
  return textWidth(String(text ?? ""), fontSize ?? 11, fontWeight === "bold" || Number(fontWeight) >= 600);
}

/** The title of a specification, or of the first view in it that has one. */
function titleOf(spec: Spec): string {
  const { title } = spec as { title?: unknown };
  const text = typeof title === "object" && title !== null ? (title as { text?: unknown }).text : title;
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.join(" ");
  return "figure";
}

/** Vega's log without its advice: it would go to the console of whoever draws. Errors are thrown. */
function quiet({ logger, Error: level }: typeof import("vega")): import("vega").LoggerInterface {
  return logger(level);
}
