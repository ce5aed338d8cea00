import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Conv2d } from "../../nn/layers/conv.js";
import { Dense } from "../../nn/layers/dense.js";
import { GlobalAvgPool2d } from "../../nn/layers/globalPool.js";
import type { Module } from "../../nn/module.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { choice, count, text } from "../../options/kinds.js";
import { option } from "../../options/option.js";
import { manualSeed } from "../../tensor/seed.js";
import { figure } from "../describe.js";
import type { Figure } from "../figure.js";
import { firstFilters, pixelsOf } from "../network/filterImages.js";
import { checkModel } from "../network/model.js";
import { pixelImage } from "../pixels.js";
import { GRATINGS, gratings } from "../points/gratings.js";
import { drawing, element, heading } from "../svg.js";
import { GRID } from "../theme.js";

const DRAWING = declare("filters", {
  /** What stands above. Default "First-layer filters". */
  title: text({ default: "First-layer filters" }),
  /** [channels, height, width] of the images that a dense layer is given flat. Default null: they are square. */
  image: option<readonly number[], { default: null; aka: string[] }>("[height, width] or [channels, height, width]", isShape, {
    default: null,
    aka: ["imageShape", "inputShape"],
  }),
  /** Filters at most, the first ones. Default 64. */
  most: count({ default: 64, aka: ["max", "limit"] }),
});

/** Options of `filters`. */
export interface FiltersOptions extends OptionsOf<typeof DRAWING> {}

function isShape(value: unknown): boolean {
  return Array.isArray(value) && [2, 3].includes(value.length) && value.every((extent) => Number.isSafeInteger(extent) && extent > 0);
}

const WIDTH = 560;
const GAP = 4;
const MARGIN = 14;

/**
 * What the first layer of a model looks for: the weights of each of its units as a picture. Units that have learned show edges, strokes,
 * spots of colour; those that look like noise have not. 0 is grey, and each picture reaches from black to white.
 * @param model whose first weight is that of a convolution, or of a dense layer on images; convolutions on three channels are in colour
 * @param options.title what stands above
 * @param options.image [channels, height, width] of the images that a dense layer is given flat; default: they are square
 * @param options.most filters at most, default 64
 * @throws ArgumentError for a model without such a layer; ShapeError for an image of another number of pixels
 * @example await (await filters(model)).save("filters.svg");
 * @see Krizhevsky, Sutskever and Hinton, NeurIPS 2012, figure 3; Zeiler and Fergus, ECCV 2014
 */
export async function filters(model: Module, options?: FiltersOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  checkModel(op, model);
  const { title, image, most } = DRAWING.readOptions(options);
  const images = firstFilters(op, model, image);
  const shown = images.filters.slice(0, most);
  const { height, width, channels, path } = images;
  const columns = Math.ceil(Math.sqrt((shown.length * height) / width) * 1.25);
  const cell = Math.min(96, (WIDTH - (columns - 1) * GAP) / columns);
  const tall = (cell * height) / width;
  const counted = shown.length < images.filters.length ? `${shown.length} of ${images.filters.length}` : String(shown.length);
  const size = `${counted} filters of ${path}, ${height} × ${width}${channels === 3 ? " in colour" : ""}`;
  const head = heading(title, `${size}; grey is 0`);
  const pictures = shown.map((filter, k) => {
    const place = {
      x: MARGIN + (k % columns) * (cell + GAP),
      y: head.height + 6 + Math.floor(k / columns) * (tall + GAP),
      width: cell,
      height: tall,
    };
    return pixelImage(place, width, height, pixelsOf(images, filter)) + element("rect", { ...place, fill: "none", stroke: GRID });
  });
  const rows = Math.ceil(shown.length / columns);
  const whole = { width: Math.max(2 * MARGIN + columns * (cell + GAP) - GAP, 420), height: head.height + 6 + rows * (tall + GAP) + MARGIN };
  return drawing({ ...whole, title }, head.svg, ...pictures);
}

export const FILTERS = figure({
  name: "filters",
  about: "the weights of a model's first layer as pictures",
  format: "png",
  options: {
    images: {
      takes: choice(["gratings", "digits"], { default: "gratings" }),
      about: "a convolution on coloured gratings, or a dense layer on digits",
    },
    units: { takes: count({ default: 32 }), about: "units of the first layer" },
    epochs: { takes: count({ default: 40 }), about: "epochs of the training" },
  },
  demo: async ({ images, units, epochs }, progress) => {
    manualSeed(1);
    const onDigits = () => [new Dense(units, { activation: "relu", inputShape: [64] })];
    const onGratings = () => [new Conv2d(3, units, 7, { activation: "relu" }), new GlobalAvgPool2d()];
    const { train } = images === "digits" ? await loadDigits() : { train: gratings(480, 16, 1) };
    const model = new Sequential([...(images === "digits" ? onDigits() : onGratings()), new Dense(images === "digits" ? 10 : GRATINGS)]);
    // Decay fades what weights began with where images tell nothing, as at the edges of digits.
    model.compile({ optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 3e-3 }, loss: "crossEntropy" });
    await model.fit(train, { epochs, verbose: 0, callbacks: [{ onEpochEnd: (epoch: number) => progress((epoch + 1) / epochs) }] });
    return filters(model, {
      title: `First-layer filters: ${images === "digits" ? "a dense layer on digits" : "a convolution on coloured gratings"}`,
    });
  },
});
