/** The numbers of a workload. They are drawn here and written to a file of float32, so that all libraries and Python use the same. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parametersOf } from "./layers.mjs";

/**
 * The place of a tensor in the file; of a parameter, the number of its layer and its name there.
 * @typedef {{ shape: number[], at: number, size: number, layer?: number, name?: string }} Place
 * @typedef {{ file: string, x?: Place, y?: Place, parameters: Place[] }} Data
 */

/** @param {import("./layers.mjs").Workload} workload @returns {Data} */
export function writeData(workload, folder) {
  const next = uniform();
  const pieces = [];
  let at = 0;
  const place = (source) => {
    if (source === undefined) return undefined;
    const { shape, name, layer } = source;
    const size = shape.reduce((product, extent) => product * extent, 1);
    pieces.push(Float32Array.from({ length: size }, (_, i) => draw(source, i, next)));
    at += size;
    return { shape, at: at - size, size, name, layer };
  };
  const x = place(workload.x);
  const y = place(workload.y);
  const parameters = parametersOf(workload.layers ?? []).map(place);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${workload.name.replaceAll(" ", "-")}.f32`);
  writeFileSync(file, Buffer.concat(pieces.map(({ buffer }) => new Uint8Array(buffer))));
  return { file, x, y, parameters };
}

/**
 * @param {Data} data
 * @returns {{ x: Values, y: Values, parameters: Values[] }}
 * @typedef {{ shape: number[], values: Float32Array, layer?: number, name?: string }} Values
 */
export function readData({ file, x, y, parameters }) {
  const { buffer } = new Uint8Array(readFileSync(file));
  const read = (place) => place && { ...place, values: new Float32Array(buffer, 4 * place.at, place.size) };
  return { x: read(x), y: read(y), parameters: parameters.map(read) };
}

/** Transposes a weight. @param {Values} weight [out, in] @returns {Values} [in, out], as other libraries store it; biases, filters unchanged */
export function inputsFirst({ shape, values }) {
  if (shape.length !== 2) return { shape, values };
  const [rows, columns] = shape;
  return { shape: [columns, rows], values: values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]) };
}

function draw({ values, draw: kind, constant, limit }, i, next) {
  if (values) return values[i];
  if (kind === "label") return Math.floor(10 * next());
  // A sum of three uniforms, of variance 1.
  if (kind === "normal") return 2 * (next() + next() + next()) - 3;
  return constant ?? limit * (2 * next() - 1);
}

/** A linear congruential generator of numbers in [0, 1). */
function uniform() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
