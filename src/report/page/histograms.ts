import type { Histogram } from "../../train/trainingRecord.js";
import { svg } from "./dom.js";
import { numberText } from "./format.js";
import { plane } from "./plane.js";

/** Bars of a histogram, as shares of all; the outline of another one, such as that of the first step, lies above. */
export function histogram(title: string, bars: Histogram, outline: Histogram | null, xLabel: string, small = true): HTMLElement {
  const shares = sharesOf(bars);
  const others = outline && sharesOf(outline);
  const both = outline === null ? [bars] : [bars, outline];
  const [min, max] = [Math.min(...both.map((one) => one.min)), Math.max(...both.map((one) => one.max))];
  const air = min === max ? Math.abs(min) * 0.1 || 1 : 0;
  // The density, so that bins of different widths can be compared.
  const heights = densities(bars, shares);
  const otherHeights = outline && others && densities(outline, others);
  // Weights that began as one number would leave no room for what they became.
  const top = Math.min(Math.max(...heights, ...(otherHeights ?? []), 1e-12), 2 * Math.max(...heights, 1e-12));
  return plane(
    {
      title,
      about: `From ${numberText(bars.min)} to ${numberText(bars.max)}, most often near ${numberText(modeOf(bars))}.`,
      xRange: [min - air, max + air],
      yRange: [0, top * 1.05],
      xLabel,
      yLabel: "density",
      width: small ? 260 : 360,
      height: small ? 170 : 240,
      small,
      numbers: () => ({
        heads: ["from", "to", "count", "share"],
        rows: bars.counts.map((count, i) => [
          numberText(edge(bars, i)),
          numberText(edge(bars, i + 1)),
          numberText(count),
          numberText(shares[i]),
        ]),
      }),
    },
    ({ x, y }) => [
      ...heights.map((height, i) => {
        const [from, to] = [x(edge(bars, i)), x(edge(bars, i + 1))];
        return svg("rect", { class: "bar", x: from, width: Math.max(1, to - from - 0.5), y: y(height), height: y(0) - y(height) });
      }),
      ...(outline === null || otherHeights === null
        ? []
        : [
            svg("path", {
              class: "outline",
              d: otherHeights
                .map(
                  (height, i) =>
                    `${i === 0 ? "M" : "L"}${x(edge(outline, i))} ${y(Math.min(height, 1.05 * top))}H${x(edge(outline, i + 1))}`,
                )
                .join(""),
            }),
          ]),
    ],
  );
}

function edge({ min, max, counts }: Histogram, i: number): number {
  const air = min === max ? Math.abs(min) * 0.05 || 0.5 : 0;
  return min - air + ((max - min + 2 * air) * i) / counts.length;
}

function sharesOf({ counts }: Histogram): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0) || 1;
  return counts.map((count) => count / all);
}

function densities(of: Histogram, shares: readonly number[]): number[] {
  const width = edge(of, 1) - edge(of, 0);
  return shares.map((share) => share / width);
}

function modeOf(of: Histogram): number {
  const most = of.counts.indexOf(Math.max(...of.counts));
  return (edge(of, most) + edge(of, most + 1)) / 2;
}
