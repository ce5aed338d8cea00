import { GaussianMixture } from "../../classic/gaussianMixture.js";
import { readRows } from "../../classic/samples.js";
import { ArgumentError, ShapeError } from "../../errors/errors.js";
import { kindText, message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, text } from "../../options/kinds.js";
import { isPlain } from "../../options/plain.js";
import type { TensorLike } from "../../tensor/nested.js";
import { sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { type Covariance2, squareAround } from "../points/ellipse.js";
import { featureNamesOption } from "../points/read.js";
import { ellipses, planeChannels, scatter } from "../points/scatter.js";
import { clouds } from "../points/sets.js";
import type { Spec } from "../spec.js";
import { COLORS } from "../theme.js";

const DRAWING = declare("gmmEllipses", {
  /** What stands above. Default "Mixture of Gaussians". */
  title: text({ default: "Mixture of Gaussians" }),
  /** What stands at the axes. Default "x₁", "x₂". */
  featureNames: featureNamesOption,
});

/** Options of `gmmEllipses`. */
export interface GmmEllipsesOptions extends OptionsOf<typeof DRAWING> {}

/**
 * The Gaussians of a mixture as ellipses at one and, dashed, at two standard deviations, over samples in the colour of the Gaussian that
 * explains them best. Several mixtures stand beside each other: spherical, diagonal and full covariances, say.
 * @param mixtures one that was fitted on two features, or several by name
 * @param x samples [n, 2]
 * @param options.title what stands above
 * @param options.featureNames what stands at the axes, default "x₁", "x₂"
 * @throws ArgumentError for what is no mixture, or one that is not fitted; ShapeError; PeerError
 * @example await (await gmmEllipses(await new GaussianMixture({ components: 3 }).fit(points.x), points.x)).save("mixture.svg");
 */
export async function gmmEllipses(
  mixtures: GaussianMixture | Readonly<Record<string, GaussianMixture>>,
  x: TensorLike,
  options?: GmmEllipsesOptions,
): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  const { title, featureNames } = DRAWING.readOptions(options);
  const named = mixtures instanceof GaussianMixture ? { "": mixtures } : mixtures;
  if (!isPlain(named) || !Object.values(named).every((mixture) => mixture instanceof GaussianMixture)) {
    throw new ArgumentError(message(op, `mixtures is ${kindText(mixtures)}; expected a GaussianMixture, or several by name`));
  }
  const rows = readRows(op, x);
  if (rows.width !== 2) throw new ShapeError(message(op, `x is ${shapeText([rows.n, rows.width])}; expected [n, 2], samples in the plane`));
  const axes = featureNames as readonly [string, string];
  const domain = squareAround(rows.values);
  const views = Object.entries(named).map(([name, mixture]) => {
    const labels = mixture.predict(x).view();
    const names = Array.from({ length: mixture.weights.size }, (_, k) => `component ${k + 1}`);
    const channels = planeChannels({ axes, domain });
    const over = componentsOf(mixture).flatMap(({ mean, covariance }, k) =>
      ellipses(mean, covariance, channels, COLORS[k % COLORS.length]),
    );
    const told = `${mixture.parameterCount} parameters, BIC ${mixture.bic(x).toFixed(0)}`;
    return scatter(
      { places: rows.values, labels, names },
      { title: name === "" ? told : `${name}: ${told}`, axes, domain, over, side: 270 },
    );
  });
  return draw(op, sideBySide({ title, columns: Math.min(3, views.length) }, ...(views as Spec[])));
}

/** Mean and covariance of each component of a mixture in the plane, whatever form its covariances have. */
export function componentsOf(mixture: GaussianMixture): { mean: [number, number]; covariance: Covariance2 }[] {
  const [means, covariances] = [mixture.means.view(), mixture.covariances];
  const values = covariances.view();
  return Array.from({ length: mixture.weights.size }, (_, k) => {
    const mean: [number, number] = [means[2 * k], means[2 * k + 1]];
    if (covariances.rank === 1) return { mean, covariance: { xx: values[k], xy: 0, yy: values[k] } };
    if (covariances.rank === 2) return { mean, covariance: { xx: values[2 * k], xy: 0, yy: values[2 * k + 1] } };
    return { mean, covariance: { xx: values[4 * k], xy: values[4 * k + 1], yy: values[4 * k + 3] } };
  });
}

export const GMM = figure({
  name: "gmm",
  about: "Gaussians of a mixture as ellipses: spherical, diagonal and full covariances",
  options: {
    covariance: {
      takes: choice(["all", "spherical", "diagonal", "full"], { default: "all" }),
      about: "form of the covariances, or all three",
    },
    components: { takes: count({ default: 3 }), about: "Gaussians of the mixture" },
    samples: { takes: count({ default: 210 }), about: "how many samples" },
  },
  demo: async ({ covariance, components, samples }) => {
    const { x } = clouds(samples, 1);
    const kinds = covariance === "all" ? (["spherical", "diagonal", "full"] as const) : [covariance];
    const fits = kinds.map(async (kind) => [kind, await new GaussianMixture({ components, covariance: kind, seed: 1 }).fit(x)] as const);
    return gmmEllipses(Object.fromEntries(await Promise.all(fits)), x, { title: "Forms of the covariance" });
  },
});
