import type { Loss } from "../../nn/losses/define.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { text } from "../../options/kinds.js";
import { zeros } from "../../tensor/creation.js";
import { sideBySide } from "../chart.js";
import { curveOf } from "../curves/curve.js";
import { type LossPanel, lossPanels, oneByOne } from "../curves/lossPanels.js";
import { curvePanel } from "../curves/panel.js";
import { shownOf } from "../curves/shown.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";

const DRAWING = declare("lossShapes", {
  /** What stands above; default: that, or nothing above a single loss. */
  title: text({ default: "Losses of one sample and their derivatives" }),
});

/** Options of `lossShapes`. */
export interface LossShapesOptions extends OptionsOf<typeof DRAWING> {}

/**
 * Losses of one sample over its error, with the derivatives that backward computes, each in a view of its own; a single one large. A loss of
 * classes is drawn over the scores of two of them, one of embeddings over a distance or a cosine.
 * @param shown names of the library's, or losses of your own by name, which are drawn over prediction − target; nothing for all of the library's
 * @param options.title what stands above
 * @throws ArgumentError for an unknown name; PeerError if Vega is not installed
 * @example
 * await (await lossShapes(["mse", "huber"])).save("losses.svg");
 * await (await lossShapes({ fourth: (x, y) => x.sub(y).pow(4).mean() })).save("fourth.svg");
 */
export async function lossShapes(
  shown?: string | readonly string[] | Readonly<Record<string, Loss>> | null,
  options?: LossShapesOptions,
): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title } = DRAWING.readOptions(options);
  const known = lossPanels();
  const found = shownOf<Loss, LossPanel>(op, "loss", shown ?? Object.keys(known), known, ownPanel);
  const isOne = found.length === 1;
  const size = isOne ? { width: 560, height: 380 } : { width: 172, height: 132 };
  const views = found.map(([name, { over, from, to, loss }]) =>
    curvePanel({ name, over, curve: curveOf(loss, from, to, isOne ? 401 : 81), ...size }),
  );
  const head = isOne ? {} : { title, subtitle: "what each is drawn over stands below it" };
  return draw(
    op,
    sideBySide(
      { ...head, columns: Math.min(5, views.length), resolve: { scale: { x: "independent", y: "independent", color: "shared" } } },
      ...views,
    ),
  );
}

/** The panel of a loss that may reduce as it likes. */
function ownPanel(loss: Loss): LossPanel {
  const { over, from, to } = lossPanels().mse;
  const zero = zeros([1], { dtype: "float64" });
  return { over, from, to, loss: (x) => oneByOne(x, (error) => loss(error, zero)) };
}

export const LOSS_SHAPES = figure({
  name: "losses",
  about: "every loss over its error with its derivative, or those that are named",
  options: { only: { takes: text({ default: "" }), about: "names, with commas between; default: all" } },
  demo: ({ only }) => lossShapes(only === "" ? null : only.split(",").map((name) => name.trim())),
});
