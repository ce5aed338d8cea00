import { PCA } from "../../data/pca.js";
import type { Module } from "../../nn/module.js";
import { tensor } from "../../tensor/creation.js";
import { type Domain, domainOf, type PlanePoints } from "../decision/boundary.js";
import { type LayerOutput, layerOutputs } from "./layerOutputs.js";

type Place = readonly [number, number];

/** The plane behind a layer: where the samples and the lines of the grid have come to. */
export interface Warped {
  /** Path of the layer; "" is the input. */
  readonly path: string;
  readonly type: string;
  /** Numbers that the layer gives for a sample. More than two are seen in the plane of their first principal components. */
  readonly width: number;
  /** x₀, y₀, x₁, y₁ … */
  readonly points: Float64Array;
  readonly lines: readonly (readonly Place[])[];
}

/** Places along each line of the grid. */
const ALONG = 33;

/** Sends samples of the plane, and a grid of lines through it, through the layers of a model. Layers with one output are left out. */
export async function warp(op: string, model: Module, points: PlanePoints, across: number): Promise<Warped[]> {
  const grid = gridLines(domainOf(points), across);
  const n = points.y.length;
  const all = Float32Array.from([...points.x, ...grid.flat(2)]);
  const outputs = layerOutputs(op, model, tensor(all, { shape: [all.length / 2, 2] }));
  const input: LayerOutput = { path: "", type: "input", n: all.length / 2, width: 2, values: Float64Array.from(all) };
  const found: Warped[] = [];
  for (const output of [input, ...outputs]) {
    if (output.width < 2) continue;
    const places = await inPlane(output, n);
    const lines = grid.map((line, k) => line.map((_, i) => placeAt(places, n + k * ALONG + i)));
    found.push({ path: output.path, type: output.type, width: output.width, points: places.slice(0, 2 * n), lines });
  }
  return found;
}

function placeAt(places: Float64Array, i: number): Place {
  return [places[2 * i], places[2 * i + 1]];
}

/** The lines of a grid, `across` from left to right and as many upwards. */
function gridLines({ x, y }: Domain, across: number): Place[][] {
  const at = ([from, to]: Place, share: number) => from + (to - from) * share;
  const numbers = (count: number) => Array.from({ length: count }, (_, k) => k / (count - 1));
  const upright = numbers(across).map((k) => numbers(ALONG).map((i): Place => [at(x, k), at(y, i)]));
  const level = numbers(across).map((k) => numbers(ALONG).map((i): Place => [at(x, i), at(y, k)]));
  return [...upright, ...level];
}

/** Two numbers for each sample: of more than two the principal components of the first `n` samples. */
async function inPlane({ width, values }: LayerOutput, n: number): Promise<Float64Array> {
  if (width === 2) return values;
  const pca = await new PCA({ components: 2 }).fit(tensor(values.slice(0, n * width), { shape: [n, width] }));
  return Float64Array.from(pca.transform(tensor(values, { shape: [values.length / width, width] })).view());
}
