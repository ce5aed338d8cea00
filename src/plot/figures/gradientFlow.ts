import { ArgumentError } from "../../errors/errors.js";
import { kindText, message } from "../../errors/message.js";
import { loadDigits } from "../../io/digits.js";
import { Sequential } from "../../model/sequential.js";
import { Dense } from "../../nn/layers/dense.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, flag, text } from "../../options/kinds.js";
import { isPlain } from "../../options/plain.js";
import { manualSeed } from "../../tensor/seed.js";
import { category, layered, lines, quantity } from "../chart.js";
import { figure } from "../describe.js";
import { draw } from "../draw.js";
import type { Figure } from "../figure.js";
import { checkRecords, type ParametersRecord, parametersNow } from "../network/parametersNow.js";
import { SEQUENTIAL } from "../theme.js";

const DRAWING = declare("gradientFlow", {
  /** What stands above. Default "Gradient flow". */
  title: text({ default: "Gradient flow" }),
  /** Whether biases and the parameters of normalizations are shown, too. Default false. */
  biases: flag({ default: false, aka: ["bias"] }),
});

/** Options of `gradientFlow`. */
export interface GradientFlowOptions extends OptionsOf<typeof DRAWING> {}

/** Records of a training, or of several by their names. */
export type GradientRuns = readonly ParametersRecord[] | Readonly<Record<string, readonly ParametersRecord[]>>;

/** Steps of one training that are shown at most. */
const MOST = 6;

/**
 * How large the loss's gradient is in each layer, from the first to the last: where it falls off towards the first, gradients vanish, and the
 * first layers hardly learn; where it grows, they explode. Of one training steps from first to last are shown, of several each one's median.
 * @param runs `history.records` of a training with `diagnose`, or what `parametersNow` gave; or several by name
 * @param options.title what stands above
 * @param options.biases whether parameters of one axis are shown, too, default false
 * @throws ArgumentError for records without gradients; PeerError if Vega is not installed
 * @example
 * const { records } = await model.fit(train, { epochs: 3, diagnose: true });
 * await (await gradientFlow(records)).save("gradients.svg");
 * @see Glorot and Bengio, AISTATS 2010, figure 7
 */
export async function gradientFlow(runs: GradientRuns, options?: GradientFlowOptions): Promise<Figure> {
  const { op } = DRAWING;
  checkArity(op, arguments.length, 2);
  const { title, biases } = DRAWING.readOptions(options);
  const isOne = Array.isArray(runs);
  if (!isOne && !isPlain(runs)) {
    throw new ArgumentError(message(op, `runs is ${kindText(runs)}; expected records, or records by name`, "Write history.records."));
  }
  for (const records of isOne ? [runs] : Object.values(runs)) checkRecords(op, records);
  const rows = isOne ? ofSteps(runs, biases) : Object.entries(runs).flatMap(([name, records]) => ofRun(name, records, biases));
  if (rows.length === 0) {
    const mend = "Train with fit(data, { diagnose: true }), or call parametersNow(model, step) where gradients are there.";
    throw new ArgumentError(message(op, "no record has a gradient", mend));
  }
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  const x = {
    field: "layer",
    type: "nominal",
    sort: layers,
    title: "weights, from the first layer to the last",
    axis: { labelAngle: layers.some((name) => name.length > 6) ? -40 : 0 },
  };
  const color = isOne
    ? { field: "run", type: "ordinal", title: "step", sort: null, scale: { scheme: SEQUENTIAL, reverse: true } }
    : category("run", null, { order: Object.keys(runs) });
  const y = quantity("gradient", "root mean square of the gradient", { log: true, format: ".0e" });
  return draw(
    op,
    layered(
      { title, width: Math.max(360, Math.min(760, layers.length * 52)), height: 300 },
      lines(rows, { x, y, color }, { point: { size: 45 } }),
    ),
  );
}

interface FlowRow {
  readonly [property: string]: string | number;
  readonly layer: string;
  readonly run: string;
  readonly gradient: number;
}

function ofSteps(records: readonly ParametersRecord[], biases: boolean): FlowRow[] {
  const count = Math.min(MOST, records.length);
  const chosen = Array.from({ length: count }, (_, k) => records[Math.round((k * (records.length - 1)) / Math.max(1, count - 1))]);
  return chosen.flatMap(({ step, parameters }) =>
    shown(parameters, biases).flatMap(({ path, gradient }) =>
      gradient === null || gradient <= 0 ? [] : [{ layer: layerOf(path), run: String(step), gradient }],
    ),
  );
}

/** The median over the records of each parameter. Gradients of 0 have no place on the scale. */
function ofRun(run: string, records: readonly ParametersRecord[], biases: boolean): FlowRow[] {
  const found = new Map<string, number[]>();
  for (const { parameters } of records) {
    for (const { path, gradient } of shown(parameters, biases))
      if (gradient !== null) found.set(path, [...(found.get(path) ?? []), gradient]);
  }
  return [...found].flatMap(([path, gradients]) => {
    const gradient = gradients.sort((a, b) => a - b)[Math.floor(gradients.length / 2)];
    return gradient > 0 ? [{ layer: layerOf(path), run, gradient }] : [];
  });
}

function shown(parameters: ParametersRecord["parameters"], biases: boolean): ParametersRecord["parameters"] {
  return biases ? parameters : parameters.filter(({ shape }) => shape.length > 1);
}

function layerOf(path: string): string {
  return path.replace(/\.weight$/, "") || path;
}

export const GRADIENT_FLOW = figure({
  name: "gradient-flow",
  about: "how large the gradient is in each layer: vanishing sigmoids beside ReLUs",
  options: {
    depth: { takes: count({ default: 10 }), about: "hidden layers" },
    units: { takes: count({ default: 32 }), about: "units of each" },
  },
  demo: async ({ depth, units }, progress) => {
    const kinds = [
      ["sigmoid", "glorotUniform"],
      ["tanh", "glorotUniform"],
      ["relu", "heNormal"],
    ] as const;
    const runs: Record<string, ParametersRecord[]> = {};
    const { train } = await loadDigits();
    for (const [k, [activation, weightInitializer]] of kinds.entries()) {
      manualSeed(1);
      const layer = (inputShape?: number[]) => new Dense(units, { activation, weightInitializer, ...(inputShape ? { inputShape } : {}) });
      const model = new Sequential([layer([64]), ...Array.from({ length: depth - 1 }, () => layer()), new Dense(10)]);
      model.compile({ optimizer: { name: "sgd", learningRate: 0.01 }, loss: "crossEntropy" });
      const records: ParametersRecord[] = [];
      const look = { onStep: (batch: number) => void records.push(parametersNow(model, batch)) };
      await model.fit(train, { epochs: 1, batchSize: 64, verbose: 0, callbacks: [look] });
      runs[`${activation}, ${weightInitializer === "heNormal" ? "He" : "Glorot"}`] = records;
      progress((k + 1) / kinds.length);
    }
    return gradientFlow(runs, { title: `Gradient flow through ${depth} hidden layers` });
  },
});
