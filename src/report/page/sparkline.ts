import { svg } from "./dom.js";

const [WIDTH, HEIGHT] = [72, 18];

/** A line as high as a word; null leaves a gap. What it says stands beside it as a number. */
export function sparkline(values: readonly (number | null)[]): SVGElement {
  const seen = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const [min, max] = [Math.min(...seen), Math.max(...seen)];
  const x = (i: number) => (values.length < 2 ? WIDTH / 2 : 2 + (i / (values.length - 1)) * (WIDTH - 4));
  const y = (value: number) => (max === min ? HEIGHT / 2 : HEIGHT - 2 - ((value - min) / (max - min)) * (HEIGHT - 4));
  let pen = "M";
  let path = "";
  for (const [i, value] of values.entries()) {
    if (value === null || !Number.isFinite(value)) pen = "M";
    else {
      path += `${pen}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = "L";
    }
  }
  return svg(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" },
    svg("path", { d: path }),
  );
}
