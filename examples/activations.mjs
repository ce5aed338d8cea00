/**
 * Every activation with its derivative: a sheet of curves, as one page with drawings in SVG. The derivatives are those that backward
 * computes, so that the sheet shows where a gradient vanishes, where it jumps, and where it is 0 although the function is not flat.
 *
 *     node examples/activations.mjs
 */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activations, grad, linspace } from "simdgrad";

const [LOW, HIGH, WIDTH, HEIGHT] = [-4, 4, 240, 180];

/** The curve and its derivative at many places. */
function curves(activate) {
  const x = linspace(LOW, HIGH, 321, { requiresGrad: true });
  const y = activate(x);
  const [slope] = grad(y.sum(), x);
  return { x: [...x.data], y: [...y.data], slope: [...slope.data] };
}

/** A line through points; values outside of the drawing are cut by its frame. */
function line(xs, ys, className) {
  const points = xs.map((x, i) => {
    const right = ((x - LOW) / (HIGH - LOW)) * WIDTH;
    const down = ((2.5 - ys[i]) / 4) * HEIGHT;
    return `${right.toFixed(1)},${down.toFixed(1)}`;
  });
  return `<polyline class="${className}" points="${points.join(" ")}"/>`;
}

function figure(name, { function: activate, formula, options }) {
  const { x, y, slope } = curves(activate);
  const zero = x.map(() => 0);
  const told = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  return `<figure>
  <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">
    ${line(x, zero, "axis")}${line(zero, [-1.5, 2.5], "axis")}
    ${line(x, slope, "slope")}${line(x, y, "curve")}
  </svg>
  <figcaption><b>${name}</b> ${formula.replaceAll("<", "&lt;")}${told.length > 0 ? `<br>${told.join(", ")}` : ""}</figcaption>
</figure>`;
}

const plotted = Object.entries(activations).filter(([, { isElementwise }]) => isElementwise);
const page = `<!doctype html>
<meta charset="utf-8">
<title>Activations</title>
<style>
  body { font: 13px/1.4 system-ui; display: grid; grid-template-columns: repeat(auto-fill, ${WIDTH}px); gap: 24px; margin: 24px; }
  figure { margin: 0 }
  svg { border: 1px solid #ccc }
  polyline { fill: none; stroke-width: 2 }
  .axis { stroke: #ddd; stroke-width: 1 }
  .curve { stroke: #1f5fbf }
  .slope { stroke: #d9822b; stroke-dasharray: 4 3 }
</style>
${plotted.map(([name, entry]) => figure(name, entry)).join("\n")}
`;
const path = join(tmpdir(), "activations.html");
writeFileSync(path, page);

// Where a unit learns least: the part of −4 … 4 on which the derivative is 0.
for (const name of ["heaviside", "relu", "hardTanh", "mish"]) {
  const { slope } = curves(activations[name].function);
  const flat = slope.filter((value) => value === 0).length / slope.length;
  console.log(`${name.padEnd(10)} flat on ${(100 * flat).toFixed(0)} %`);
}
console.log(`${plotted.length} curves with ${(page.match(/class="slope"/g) ?? []).length} derivatives in ${path}`);
