import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, text } from "../../options/kinds.js";
import { manualSeed } from "../../tensor/seed.js";
import { ofValidation } from "../../train/figureNames.js";
import { category, layered, lines, quantity, sideBySide } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { type Figures, figuresOf } from "../history.js";

const DRAWING = declare("lossCurves", {
  /** What stands above. Default "Loss and metrics by epoch". */
  title: text({ default: "Loss and metrics by epoch" }),
});

/** Options of `lossCurves`. */
export interface LossCurvesOptions extends OptionsOf<typeof DRAWING> {}

/**
 * The curves of a training: loss, and each metric, by epoch, of training and of validation in one view where there are both.
 * @param history what `fit` returned, its figures by name, or the `run` of a `RunRecorder`, as the dashboard keeps them in `runs/`
 * @param options.title what stands above
 * @throws ArgumentError for what is no history; PeerError if Vega is not installed
 * @example await (await lossCurves(await model.fit(train, { epochs: 9, validationSplit: 0.2 }))).save("loss.svg");
 */
export async function lossCurves(history: Figures, options?: LossCurvesOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title } = DRAWING.readOptions(options);
  const { epochs, figures } = figuresOf(op, history);
  const views = [...pairs(Object.keys(figures))].map(([name, shown]) => {
    const rows = shown.flatMap((figure) =>
      figures[figure].map((value, i) => ({
        epoch: epochs[i] + 1,
        value: Number.isFinite(value) ? value : null,
        data: ofValidation(figure) !== null ? "validation" : "training",
      })),
    );
    const color = category("data", null, { order: ["training", "validation"] });
    const encoding = {
      x: quantity("epoch", "epoch", { axis: { tickMinStep: 1, format: "d" } }),
      y: quantity("value", wordsOf(name)),
      color,
    };
    return layered({ width: 400, height: 280 }, lines(rows, encoding, { point: epochs.length < 20 ? { size: 35 } : false }));
  });
  return draw(
    op,
    sideBySide(
      {
        title,
        columns: Math.min(2, views.length),
        resolve: { legend: { color: "shared" }, scale: { color: "shared" } },
      },
      ...views,
    ),
  );
}

/** The figures by what they measure: "loss" with "loss" and "valLoss". */
function pairs(names: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const measured = ofValidation(name) ?? name;
    found.set(measured, [...(found.get(measured) ?? []), name]);
  }
  return found;
}

/** "meanAbsoluteError" as "mean absolute error". */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => ` ${letters.length > 1 ? letters : letters.toLowerCase()}`);
}

export const LOSS_CURVES = figure({
  name: "loss-curves",
  about: "loss and metrics of a training by epoch, those of validation beside them",
  options: {
    epochs: { takes: count({ default: 30 }), about: "epochs of the training" },
    samples: { takes: count({ default: 300 }), about: "digits to train on: the fewer, the more the curves part" },
  },
  demo: async ({ epochs, samples }, progress) => {
    manualSeed(1);
    const { train, test } = await loadDigits();
    const model = new Sequential([new Dense(64, { activation: "relu", inputShape: [64] }), new Dense(10)]);
    model.compile({ optimizer: { name: "adam", learningRate: 3e-3 }, loss: "crossEntropy", metrics: ["accuracy"] });
    const some = { x: train.x.slice([[0, samples]]), y: train.y.slice([[0, samples]]) };
    const callback = { onEpochEnd: (epoch: number) => progress((epoch + 1) / epochs) };
    const history = await model.fit(some, { epochs, validationData: test, verbose: 0, callbacks: [callback] });
    return lossCurves(history, { title: `Digits: ${samples} samples` });
  },
});
