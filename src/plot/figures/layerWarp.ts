import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import type { Module } from "../../nn/module.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, number, text } from "../../options/kinds.js";
import { manualSeed } from "../../tensor/seed.js";
import { paths, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { checkModel } from "../network/model.js";
import { type Warped, warp } from "../network/warp.js";
import { classNamesOption, type LabelledSamples, namesOf, readLabelled } from "../points/read.js";
import { planeChannels, scatter } from "../points/scatter.js";
import { POINT_SETS, USUAL_NOISE } from "../points/sets.js";
import type { Spec } from "../spec.js";

const DRAWING = declare("layerWarp", {
  /** What stands above. Default "The plane, layer by layer". */
  title: text({ default: "The plane, layer by layer" }),
  /** The names of the classes. Default "class 0", "class 1" … */
  classNames: classNamesOption,
  /** Lines of the grid in each direction, ≥ 2. Default 13. */
  lines: number({ default: 13, min: 2, max: 60, whole: true }),
});

/** Options of `layerWarp`. */
export interface LayerWarpOptions extends OptionsOf<typeof DRAWING> {}

/**
 * How a small network bends the plane, layer by layer, until a line separates the classes: the samples and the lines of a grid as each layer
 * gives them. Layers of two units are seen as they are, those of more in the plane of their first principal components (which needs ml-matrix).
 * @param model takes samples of two features; the layers directly below it are shown, without those of one output
 * @param data x [n, 2] with labels y [n]
 * @param options.title what stands above
 * @param options.classNames default "class 0", "class 1" …
 * @param options.lines of the grid in each direction, default 13
 * @throws ShapeError, ArgumentError, IndexError, PeerError
 * @example await (await layerWarp(classifier, points)).save("warp.svg");
 * @see Olah, Neural Networks, Manifolds, and Topology, 2014
 */
export async function layerWarp(model: Module, data: LabelledSamples, options?: LayerWarpOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  checkModel(op, model);
  const { title, classNames, lines } = DRAWING.readOptions(options);
  const { rows, labels, classes } = readLabelled(op, data, 2);
  const names = namesOf(op, classNames, classes);
  const planes = await warp(op, model, { x: rows.values, y: labels }, lines);
  const views = planes.map((plane) => viewOf(plane, labels, names));
  return draw(op, sideBySide({ title, columns: Math.min(3, views.length) }, ...views));
}

function viewOf(plane: Warped, labels: Int32Array, names: readonly string[]): Spec {
  const word = plane.width === 2 ? "unit" : "component";
  const axes = plane.path === "" ? (["x₁", "x₂"] as const) : ([`${word} 1`, `${word} 2`] as const);
  const channels = { ...planeChannels({ axes }), detail: { field: "line", type: "nominal" } };
  const lines = plane.lines.flatMap((line, k) => line.map(([x, y]) => ({ x, y, line: k })));
  const grid = paths(lines, channels, { color: "#b8b8b8", strokeWidth: 0.9 });
  const seen = plane.width === 2 ? "" : `, ${plane.width} units by principal components`;
  const title = plane.path === "" ? "input" : `layer ${plane.path} (${plane.type})${seen}`;
  return scatter({ places: plane.points, labels, names }, { title, axes, under: [grid], side: 250, size: 22 });
}

export const LAYER_WARP = figure({
  name: "layer-warp",
  about: "how a small network bends the plane, layer by layer",
  options: {
    data: { takes: choice(["moons", "spirals", "rings", "xor"], { default: "xor" }), about: "samples: moons, spirals, rings or xor" },
    layers: { takes: count({ default: 2 }), about: "hidden layers" },
    units: { takes: count({ default: 2 }), about: "units of each: two are seen as they are" },
    epochs: { takes: count({ default: 60 }), about: "epochs of the training" },
    seed: { takes: number({ default: 1, min: 0, whole: true }), about: "seed of the initial weights" },
  },
  demo: async ({ data, layers, units, epochs, seed }, progress) => {
    manualSeed(seed);
    const points = POINT_SETS[data](160, USUAL_NOISE[data], 1);
    const hidden = Array.from({ length: layers }, () => new Dense(units, { activation: "tanh" }));
    const model = new Sequential([...hidden, new Dense(data === "rings" ? 3 : 1)]);
    model.compile({
      optimizer: { name: "adamw", learningRate: 0.02, weightDecay: 0.3 },
      loss: data === "rings" ? "crossEntropy" : "binaryCrossEntropy",
    });
    const y = data === "rings" ? points.y : points.y.reshape([-1, 1]).cast("float32");
    await model.fit(
      { x: points.x, y },
      {
        epochs,
        batchSize: 32,
        verbose: 0,
        callbacks: [{ onEpochEnd: (epoch: number) => progress((epoch + 1) / epochs) }],
      },
    );
    return layerWarp(model, points, { title: `The plane, layer by layer: ${data}` });
  },
});
