import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { activations } from "../../nn/activations/catalogue.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { number, text } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { sideBySide } from "../chart.js";
import { curveOf } from "../curves/curve.js";
import { curvePanel } from "../curves/panel.js";
import { shownOf } from "../curves/shown.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";

const DRAWING = declare("activationCurves", {
  /** Where the abscissa begins. Default −4. */
  from: number({ default: -4 }),
  /** Where it ends. Default 4. */
  to: number({ default: 4 }),
  /** What stands above; default: that, or nothing above a single curve. */
  title: text({ default: "Activations and their derivatives" }),
});

/** Options of `activationCurves`. */
export interface ActivationCurvesOptions extends OptionsOf<typeof DRAWING> {}

/** Functions of a tensor, element by element, by the names under which they are drawn. */
export type ActivationFunctions = Readonly<Record<string, Activation>>;

type Activation = (x: Tensor) => Tensor;

interface Drawn {
  readonly f: Activation;
  readonly formula?: string;
}

/** The library's that work element by element. */
function knownOnes(): Readonly<Record<string, Drawn>> {
  return Object.fromEntries(
    Object.entries(activations).flatMap(([name, { function: f, formula, isElementwise }]) =>
      isElementwise ? [[name, { f: (x: Tensor) => f(x), formula }]] : [],
    ),
  );
}

/**
 * Activations with the derivatives that backward computes, each in a view of its own; a single one large.
 * @param shown names of the library's, functions of your own by name, or nothing for all of the library's that work element by element
 * @param options.from where the abscissa begins, default −4
 * @param options.to where it ends, above `from`, default 4
 * @param options.title what stands above
 * @throws ArgumentError for an unknown name, or a range without extent; PeerError if Vega is not installed
 * @example
 * await (await activationCurves(["relu", "gelu"])).save("activations.svg");
 * await (await activationCurves({ square: (x) => x.square() }, { from: -2, to: 2 })).save("square.svg");
 */
export async function activationCurves(
  shown?: string | readonly string[] | ActivationFunctions | null,
  options?: ActivationCurvesOptions,
): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { from, to, title } = DRAWING.readOptions(options);
  if (!(from < to)) throw new ArgumentError(message(op, `the range goes from ${from} to ${to}; expected a greater end`));
  const known = knownOnes();
  const found = shownOf<Activation, Drawn>(op, "elementwise activation", shown ?? Object.keys(known), known, (f) => ({ f }));
  const isOne = found.length === 1;
  const size = isOne ? { width: 560, height: 380 } : { width: 172, height: 132, domain: [-1.5, 3] as const };
  const views = found.map(([name, { f, formula }]) =>
    curvePanel({ name, note: formula, over: "x", curve: curveOf(f, from, to, isOne ? 401 : 81), ...size }),
  );
  const head = isOne ? {} : { title, subtitle: "formula below the name; the derivative is the one that backward computes" };
  return draw(
    op,
    sideBySide(
      { ...head, columns: Math.min(5, views.length), resolve: { scale: { x: "independent", y: "independent", color: "shared" } } },
      ...views,
    ),
  );
}

export const ACTIVATION_CURVES = figure({
  name: "activations",
  about: "every activation with its derivative, or those that are named",
  options: {
    only: { takes: text({ default: "" }), about: "names, with commas between; default: all" },
    from: { takes: number({ default: -4 }), about: "where the abscissa begins" },
    to: { takes: number({ default: 4 }), about: "where it ends" },
  },
  demo: ({ only, from, to }) => activationCurves(only === "" ? null : only.split(",").map((name) => name.trim()), { from, to }),
});
