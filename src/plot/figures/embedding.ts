import { readLabels } from "../../classic/samples.js";
import { TSNE } from "../../classic/tsne.js";
import { PCA } from "../../data/pca.js";
import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import type { Module } from "../../nn/module.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, number, text } from "../../options/kinds.js";
import { tensor } from "../../tensor/creation.js";
import type { TensorLike } from "../../tensor/nested.js";
import { manualSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { labels, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { type LayerOutput, layerOutputs } from "../network/layerOutputs.js";
import { checkModel } from "../network/model.js";
import { classNamesOption, namesOf } from "../points/read.js";
import { planeChannels, scatter } from "../points/scatter.js";
import type { Spec } from "../spec.js";

const DRAWING = declare("embedding", {
  /** What stands above. Default "Embeddings". */
  title: text({ default: "Embeddings" }),
  /** Path of the layer whose results are placed. Default null: the last but one of those directly below the model. */
  layer: text({ default: null }),
  /** How places in the plane are found. Default "both". */
  method: choice(["pca", "tsne", "both"], { default: "both" }),
  /** Of t-SNE: about how many neighbours each sample has. Default 30. */
  perplexity: number({ default: 30, min: 1 }),
  /** Of t-SNE: steps of its descent. Default 750. */
  iterations: count({ default: 750 }),
  /** Of t-SNE: seed of the places to start from. Default 1. */
  seed: number({ default: 1, min: 0, whole: true }),
  /** The names of the classes. Default "class 0", "class 1" … */
  classNames: classNamesOption,
});

/** Options of `embedding`. */
export interface EmbeddingOptions extends OptionsOf<typeof DRAWING> {}

/**
 * How a layer of a model sees samples: what it gives for each, placed in the plane by principal components, which keep distances, and by t-SNE,
 * which keeps neighbours. The name of each class stands in its midst. PCA needs ml-matrix, an optional peer.
 * @param model
 * @param data x as the model takes it, with labels y [n]; a thousand samples take t-SNE some seconds
 * @param options.title what stands above
 * @param options.layer path of the layer, default the last but one of those directly below the model
 * @param options.method "pca", "tsne" or "both", default "both"
 * @param options.perplexity of t-SNE, default 30
 * @param options.iterations of t-SNE, default 750
 * @param options.seed of t-SNE, default 1
 * @param options.classNames default "class 0", "class 1" …
 * @throws ArgumentError for a layer that is not there; ShapeError, IndexError; PeerError
 * @example await (await embedding(model, train, { layer: "1", perplexity: 5 })).save("embedding.svg");
 * @see van der Maaten and Hinton, JMLR 9, 2008
 */
export async function embedding(model: Module, data: { x: Tensor; y: TensorLike }, options?: EmbeddingOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 3);
  checkModel(op, model);
  const { title, layer, method, perplexity, iterations, seed, classNames } = DRAWING.readOptions(options);
  const output = chosen(op, model, data.x, layer);
  const found = readLabels(op, data.y, output.n);
  const names = namesOf(op, classNames, found.reduce((most, label) => Math.max(most, label), 0) + 1);
  const x = tensor(output.values, { shape: [output.n, output.width] });
  const views: Spec[] = [];
  if (method !== "tsne") {
    const pca = await new PCA({ components: Math.min(2, output.width, output.n) }).fit(x);
    const shares = [...pca.explainedVarianceRatio.view(), 0];
    const axes = [0, 1].map((k) => `component ${k + 1} (${(100 * shares[k]).toFixed(0)} % of the variance)`);
    views.push(view("principal components", axes as [string, string], inPlane(pca.transform(x)), found, names, true));
  }
  if (method !== "pca") {
    const tsne = await new TSNE({ perplexity, iterations, seed }).fit(x);
    views.push(view(`t-SNE, perplexity ${perplexity}`, ["", ""], inPlane(tsne.embedding), found, names, false));
  }
  const subtitle = `${output.n} samples as layer ${output.path} (${output.type}) gives them, ${output.width} numbers each`;
  return draw(op, sideBySide({ title, subtitle, resolve: { scale: { x: "independent", y: "independent" } } }, ...views));
}

/** What the layer gives, or the last but one. */
function chosen(op: string, model: Module, x: Tensor, layer: string | null): LayerOutput {
  const outputs = layer === null ? layerOutputs(op, model, x) : layerOutputs(op, model, x, [layer]);
  const found = outputs.at(layer === null && outputs.length > 1 ? -2 : -1);
  if (found !== undefined) return found;
  throw new ArgumentError(message(op, layer === null ? "the model has no layers" : `layer "${layer}" gave no tensor`));
}

/** Two numbers of each sample; of one component the second is 0. */
function inPlane(places: Tensor): Float64Array {
  const values = Float64Array.from(places.view());
  return places.shape[1] === 2 ? values : Float64Array.from({ length: 2 * values.length }, (_, i) => (i % 2 === 0 ? values[i / 2] : 0));
}

function view(
  title: string,
  axes: readonly [string, string],
  places: Float64Array,
  found: Int32Array,
  names: readonly string[],
  numbers: boolean,
): Spec {
  const rows = names.flatMap((name, k) => {
    const own = Array.from(found.keys()).filter((i) => found[i] === k);
    return own.length === 0 ? [] : [{ x: median(own.map((i) => places[2 * i])), y: median(own.map((i) => places[2 * i + 1])), text: name }];
  });
  const channels = planeChannels({ axes, numbers });
  const style = { fontSize: 15, fontWeight: "bold" };
  const over = [
    labels(rows, channels, { ...style, stroke: "#ffffff", strokeWidth: 4, strokeJoin: "round" }),
    labels(rows, channels, style),
  ];
  return scatter({ places, labels: found, names }, { title, axes, numbers, side: 360, over, size: 22 });
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

export const EMBEDDING = figure({
  name: "embedding",
  about: "samples as a layer sees them, by principal components and by t-SNE",
  slow: true,
  options: {
    method: { takes: choice(["pca", "tsne", "both"], { default: "both" }), about: "pca, tsne or both" },
    perplexity: { takes: number({ default: 30, min: 1 }), about: "of t-SNE: about how many neighbours each sample has" },
    epochs: { takes: count({ default: 15 }), about: "epochs that the network is trained" },
  },
  demo: async ({ method, perplexity, epochs }, progress) => {
    manualSeed(1);
    const { train, test } = await loadDigits();
    const model = new Sequential([
      new Dense(32, { activation: "relu", inputShape: [64] }),
      new Dense(16, { activation: "relu" }),
      new Dense(10),
    ]);
    model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "crossEntropy" });
    await model.fit(train, { epochs, verbose: 0, callbacks: [{ onEpochEnd: (epoch: number) => progress(((epoch + 1) / epochs) * 0.5) }] });
    const classNames = Array.from({ length: 10 }, (_, k) => String(k));
    return embedding(model, test, { method, perplexity, classNames, title: "Digits as the last hidden layer sees them" });
  },
});
