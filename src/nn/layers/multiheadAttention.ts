import { ArgumentError, DTypeError, ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { Parameter } from "../../graph/parameter.js";
import { affine } from "../../ops/affine.js";
import { attend } from "../../ops/attend.js";
import { type Attending, attendByFormula } from "../../ops/attendFormula.js";
import { concat } from "../../ops/joining.js";
import { checkTensor } from "../../ops/operands.js";
import { turned } from "../../ops/rotary.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count, flag, number } from "../../options/kinds.js";
import { isPlain } from "../../options/plain.js";
import { zeros } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import { currentSeed, underSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { attentionMask, causalMask, type Extents, maskOption, paddingMask } from "../attentionMasks.js";
import { drawn } from "../drawn.js";
import { build } from "../forward.js";
import { glorotNormal, glorotUniform } from "../initializers.js";
import { Layer } from "../layer.js";
import { Dropout } from "./dropout.js";
import { Linear } from "./linear.js";

function sizesMend(): string {
  return "Write new MultiheadAttention(64, 4), or new MultiheadAttention(null, 4), which takes embedDim from its first input.";
}

const MULTIHEAD_ATTENTION = declare(
  "MultiheadAttention",
  {
    /** Probability that a weight is dropped in training, 0 … 1. Default 0. */
    dropout: number({ default: 0, min: 0, max: 1 }),
    /** Whether the projections have a bias. Default true. */
    bias: flag({ default: true, aka: ["useBias"] }),
    /** Whether a trained key and a trained value stand behind those of each input. Default false. */
    addBiasKv: flag({ default: false }),
    /** Whether a key and a value of zeros stand behind those of each input. Default false. */
    addZeroAttn: flag({ default: false }),
    /** Last extent of the keys. Default: embedDim. */
    kdim: count({ default: null, aka: ["keyDim"] }),
    /** Last extent of the values. Default: embedDim. */
    vdim: count({ default: null, aka: ["valueDim"] }),
    /** Whether inputs are [batch, length, embedDim]; if not, [length, batch, embedDim]. Default true. */
    batchFirst: flag({ default: true }),
    /** Whether a query attends to no key behind it, also where a call does not say so. Default false. */
    causal: flag({ default: false, aka: ["isCausal", "useCausalMask"] }),
    /** Whether queries and keys are turned by their positions: see `rotary`. Default false. */
    rotary: flag({ default: false, aka: ["rope"] }),
  },
  {
    embedDim: count({ required: true, nullable: true, mend: sizesMend }),
    numHeads: count({ required: true, mend: sizesMend }),
  },
);

/** Options of `MultiheadAttention`. */
export interface MultiheadAttentionOptions extends OptionsOf<typeof MULTIHEAD_ATTENTION> {}

const FORWARD = declare("MultiheadAttention.forward", {
  /** Keys that nobody attends to, [batch, keys]: bool (true = ignored) or float (added). Default null: none. */
  keyPaddingMask: maskOption({ default: null }),
  /** What a query does not attend to, [length, keys] or [batch · heads, length, keys]: bool (true = not) or float (added). Default null. */
  attnMask: maskOption({ default: null, aka: ["attentionMask", "mask"] }),
  /** Whether the weights are returned, which are then held as a whole. Default true. */
  needWeights: flag({ default: true, aka: ["returnAttentionScores"] }),
  /** Whether the weights are the means over the heads. Default true. */
  averageAttnWeights: flag({ default: true }),
  /** Whether query i attends to the keys 0 … i only. Default: as the layer's option says. */
  causal: flag({ aka: ["isCausal", "useCausalMask"] }),
});

/** Options of `MultiheadAttention`'s forward. */
export interface AttentionCallOptions extends OptionsOf<typeof FORWARD> {}

/** Whether options of a call are { needWeights: false }. */
function saysNoWeights(options: unknown): boolean {
  return isPlain(options) && options.needWeights === false && Object.keys(options).length === 1;
}

/** The settings on which the shapes of the parameters depend. */
type Shaping = Pick<SettingsOf<typeof MULTIHEAD_ATTENTION>, "embedDim" | "numHeads" | "bias" | "addBiasKv" | "kdim" | "vdim" | "rotary">;

/** The projected keys and values of the positions so far, [batch, positions, embedDim] each. */
export interface KeyValues {
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** What `MultiheadAttention` gives. */
export interface Attended {
  /** As the query. */
  readonly output: Tensor;
  /** [batch, length, keys], or [batch, heads, length, keys] where they are not averaged; null if they are not needed. */
  readonly weights: Tensor | null;
}

/**
 * Attention of several heads: query, key and value are projected, cut into heads, attended (`scaledDotProductAttention`), joined, and
 * projected again, as torch.nn.MultiheadAttention. Vaswani et al., arXiv 1706.03762, 2017.
 *
 * Masks are PyTorch's: true means that a key is NOT attended to, the opposite of `scaledDotProductAttention`. A Sequential passes the
 * output on; models compute no weights. Projections of the inputs start Glorot
 * uniform, `outProj` at U(±1/√embedDim), biases at 0.
 * Shape:     query [batch, length, embedDim], key [batch, keys, kdim], value [batch, keys, vdim], all without batch, too
 *            → { output: as query, weights }; inProjWeight [3 · embedDim, embedDim], or qProjWeight, kProjWeight [embedDim, kdim] and
 *            vProjWeight [embedDim, vdim]
 * Departures: batchFirst is true by default; a query that may attend to nothing gives 0 instead of NaN; `causal` needs no mask.
 * @param embedDim last extent of the query; null: that of the first input
 * @param numHeads a divisor of embedDim
 * @param options.dropout probability that a weight is dropped in training, default 0
 * @param options.bias default true
 * @param options.addBiasKv whether a trained key and value are added, default false
 * @param options.addZeroAttn whether a key and value of zeros are added, default false
 * @param options.kdim last extent of the keys, default embedDim
 * @param options.vdim last extent of the values, default embedDim
 * @param options.batchFirst default true
 * @param options.causal whether queries attend to no later key, default false
 * @param options.rotary whether queries and keys are turned by their positions, default false
 * @throws ArgumentError if numHeads does not divide embedDim; at forward ShapeError for inputs or masks that do not fit, DTypeError for integers
 * @example new MultiheadAttention(64, 4).forward(randn([2, 10, 64])).output.shape   // [2, 10, 64]
 */
export class MultiheadAttention extends Layer<typeof MULTIHEAD_ATTENTION> {
  static override readonly declaration = MULTIHEAD_ATTENTION;
  readonly numHeads = this.settings.numHeads;
  inProjWeight!: Parameter | null;
  qProjWeight!: Parameter | null;
  kProjWeight!: Parameter | null;
  vProjWeight!: Parameter | null;
  inProjBias!: Parameter | null;
  biasK!: Parameter | null;
  biasV!: Parameter | null;
  outProj!: Linear;
  readonly dropout = new Dropout(this.settings.dropout);
  readonly #seed = currentSeed();

  constructor(embedDim: number | null, numHeads: number, options?: MultiheadAttentionOptions) {
    super(arguments.length, embedDim, numHeads, options);
    if (embedDim !== null) build(this, [1, 1, embedDim]);
  }

  static override stateShapes(settings: Shaping, inputShape: Shape) {
    const { embedDim, numHeads, bias, addBiasKv, kdim, vdim, rotary } = settings;
    const size = embedDim ?? inputShape.at(-1);
    if (size === undefined || size < 1)
      throw new ShapeError(message("MultiheadAttention", `x has shape ${shapeText(inputShape)}; expected [..., embedDim]`));
    if (size % numHeads !== 0) {
      const problem = `numHeads is ${numHeads}, which does not divide embedDim ${size}`;
      throw new ArgumentError(message("MultiheadAttention", problem, `Take one of ${divisors(size).join(", ")}.`));
    }
    if (rotary && (size / numHeads) % 2 !== 0) {
      const problem = `rotary turns pairs, and embedDim ${size} / numHeads ${numHeads} is odd`;
      throw new ArgumentError(message("MultiheadAttention", problem, "Take fewer heads, or another embedDim."));
    }
    const [keySize, valueSize] = [kdim ?? size, vdim ?? size];
    const together = keySize === size && valueSize === size;
    const apart = (width: number): Shape | null => (together ? null : [size, width]);
    return {
      inProjWeight: together ? [3 * size, size] : null,
      qProjWeight: apart(size),
      kProjWeight: apart(keySize),
      vProjWeight: apart(valueSize),
      inProjBias: bias ? [3 * size] : null,
      biasK: addBiasKv ? [1, 1, size] : null,
      biasV: addBiasKv ? [1, 1, size] : null,
      "outProj.weight": [size, size],
      "outProj.bias": bias ? [size] : null,
    };
  }

  override build(inputShape: Shape): void {
    const shapes = MultiheadAttention.stateShapes(this.settings, inputShape);
    const weight = (shape: Shape | null): Parameter | null => shape && drawn(shape, glorotUniform(), this.#seed);
    const extra = (shape: Shape | null): Parameter | null => shape && drawn(shape, glorotNormal(), this.#seed);
    this.inProjWeight = weight(shapes.inProjWeight);
    this.qProjWeight = weight(shapes.qProjWeight);
    this.kProjWeight = weight(shapes.kProjWeight);
    this.vProjWeight = weight(shapes.vProjWeight);
    this.inProjBias = shapes.inProjBias && new Parameter(zeros(shapes.inProjBias));
    this.biasK = extra(shapes.biasK);
    this.biasV = extra(shapes.biasV);
    const size = shapes["outProj.weight"][0];
    this.outProj = underSeed(this.#seed, () => new Linear(size, size, { bias: this.settings.bias }));
    if (this.outProj.bias !== null) this.outProj.bias = new Parameter(zeros([size]));
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("out_proj.weight");
    return weight?.rank === 2 ? [1, 1, weight.shape[0]] : null;
  }

  /** Last extent of query and output. */
  get embedDim(): number | null {
    return this.built ? this.outProj.outFeatures : this.settings.embedDim;
  }

  override expects(): Shape | null {
    return null;
  }

  override passedOn({ output }: Attended): Tensor {
    return output;
  }

  override resultOf([output]: readonly Tensor[]): Attended {
    return { output, weights: null };
  }

  override resultsIn({ output }: Attended): Tensor[] {
    return [output];
  }

  /** Models do without weights. */
  override argumentsOf([query, key, value]: readonly Tensor[]): Parameters<MultiheadAttention["forward"]> {
    return [query, key, value, { needWeights: false }];
  }

  /** @internal a model's call may say that it needs no weights, as those of `argumentsOf` do, and nothing else */
  override operandsIn([query, key, value, options]: readonly unknown[]): unknown[] {
    const operands = [query, key ?? (value == null ? null : query), value, saysNoWeights(options) ? null : options];
    return operands.filter((operand) => operand !== undefined && operand !== null);
  }

  protected override resultShape(query: Shape, key: Shape = query, value: Shape = key): Shape {
    const size = this.embedDim ?? query.at(-1);
    const { kdim, vdim, batchFirst } = this.settings;
    const shapes = `query ${shapeText(query)}, key ${shapeText(key)} and value ${shapeText(value)} do not fit`;
    const check = (fits: boolean, expected: string): void => {
      if (!fits) throw new ShapeError(message("MultiheadAttention", `${shapes}; expected ${expected}`));
    };
    check(query.at(-1) === size, `${size} as the query's last extent, embedDim`);
    check(
      key.at(-1) === (kdim ?? size),
      `${kdim ?? size} as the key's last extent, ${kdim === null ? "embedDim; kdim may say another" : "kdim"}`,
    );
    check(
      value.at(-1) === (vdim ?? size),
      `${vdim ?? size} as the value's last extent, ${vdim === null ? "embedDim; vdim may say another" : "vdim"}`,
    );
    check(
      [2, 3].includes(query.length) && key.length === query.length && value.length === query.length,
      "three axes, or two without batch",
    );
    const alongKeys = query.length === 2 || !batchFirst ? 0 : 1;
    check(key[alongKeys] === value[alongKeys], "as many keys as values");
    const samples = batchFirst ? 0 : 1;
    check(query.length === 2 || (query[samples] === key[samples] && key[samples] === value[samples]), "one number of samples");
    return query;
  }

  /**
   * @param query what asks
   * @param key what is compared with it; default: the query
   * @param value what the output is made of; default: the key
   */
  forward(query: Tensor, key?: Tensor | null, value?: Tensor | null, options?: AttentionCallOptions): Attended {
    const { keyPaddingMask, attnMask, needWeights, averageAttnWeights, causal = this.settings.causal } = FORWARD.readOptions(options);
    const given = checkInputs(query, key ?? query, value ?? key ?? query);
    this.resultShape(...(given.map(({ shape }) => shape) as [Shape, Shape, Shape]));
    const [q, k, v] = this.#arranged(given);
    const { addBiasKv, addZeroAttn } = this.settings;
    const extra = Number(addBiasKv) + Number(addZeroAttn);
    const extents = { batch: q.shape[0], heads: this.numHeads, length: q.shape[1], keys: k.shape[1], extra };
    const mask = this.#mask(attnMask, extents, causal && extra > 0);
    const padding = keyPaddingMask && paddingMask("MultiheadAttention", "keyPaddingMask", keyPaddingMask, extents, query.rank === 3);
    const operands = [...this.#projected(q, k, v, extra > 0), mask, padding] as const;
    const attending = this.#attending(causal && extra === 0, 0);
    if (!needWeights) return { output: this.#output(attend(...operands, attending), query), weights: null };
    const { out, weights } = attendByFormula(...operands, attending);
    const shown = averageAttnWeights ? weights.mean(1) : weights;
    return { output: this.#output(out, query), weights: query.rank === 2 ? shown.squeeze(0) : shown };
  }

  /** The inputs as [batch, length, width]. One that stands twice does so afterwards. */
  #arranged(inputs: readonly Tensor[]): Tensor[] {
    const made = new Map<Tensor, Tensor>();
    const arrange = (x: Tensor): Tensor => (x.rank === 2 ? x.unsqueeze(0) : this.settings.batchFirst ? x : x.transpose(0, 1));
    for (const x of inputs) if (!made.has(x)) made.set(x, arrange(x));
    return inputs.map((x) => made.get(x) as Tensor);
  }

  /** All that is added to the products, but for the padding. */
  #mask(attnMask: Tensor | null, extents: Extents, causal: boolean): Tensor | null {
    const given = attnMask && attentionMask("MultiheadAttention", "attnMask", attnMask, extents);
    if (!causal) return given;
    return given === null ? causalMask(extents) : given.add(causalMask(extents));
  }

  /**
   * Self-attention of the next positions of a sequence: they attend to those before, whose keys and values are carried along, and to none
   * behind them. Step by step it gives the numbers of a causal forward of the whole sequence, to rounding.
   * @param x the next positions, [batch, length, embedDim]
   * @param before what the last step gave; null at the beginning
   * @throws ArgumentError with addBiasKv, addZeroAttn, kdim or vdim
   */
  step(x: Tensor, before: KeyValues | null = null): { output: Tensor; state: KeyValues } {
    checkArity("MultiheadAttention.step", arguments.length, 2);
    checkInputs(x, x, x);
    this.resultShape(x.shape);
    const { addBiasKv, addZeroAttn } = this.settings;
    if (this.inProjWeight === null || addBiasKv || addZeroAttn) {
      throw new ArgumentError(
        message("MultiheadAttention.step", "the layer has addBiasKv, addZeroAttn, kdim or vdim; expected none of them"),
      );
    }
    const past = before === null ? 0 : before.keys.shape[1];
    const [given] = this.#arranged([x]);
    const [q, k, v] = affine("MultiheadAttention", given, this.inProjWeight, this.inProjBias).split(this.embedDim as number, -1);
    const key = this.#turned(k, past);
    const state =
      before === null ? { keys: key, values: v } : { keys: concat([before.keys, key], 1), values: concat([before.values, v], 1) };
    const out = attend(this.#turned(q, past), state.keys, state.values, null, null, this.#attending(true, past));
    return { output: this.#output(out, x), state };
  }

  #attending(causal: boolean, past: number): Attending {
    const scale = 1 / Math.sqrt((this.embedDim as number) / this.numHeads);
    return { heads: this.numHeads, scale, causal, past, dropout: this.dropout.mask() };
  }

  /** Projected queries or keys, turned by their positions if that is wanted. */
  #turned(x: Tensor, start: number): Tensor {
    if (!this.settings.rotary) return x;
    const [batch, length, size] = x.shape;
    const heads = x.reshape([batch, length, this.numHeads, size / this.numHeads]);
    return turned(heads, true, { start, base: 10000, interleaved: true }).reshape([batch, length, size]);
  }

  /** Queries, keys and values as `attend` takes them: what is projected from one tensor is one product. */
  #projected(q: Tensor, k: Tensor, v: Tensor, extended: boolean): [Tensor, Tensor | null, Tensor | null] {
    const project = (x: Tensor, weight: Tensor, bias: Tensor | null): Tensor => affine("MultiheadAttention", x, weight, bias);
    const { inProjWeight, inProjBias } = this;
    const size = this.embedDim as number;
    const apart = extended || this.settings.rotary;
    if (inProjWeight !== null && q === k && k === v) {
      const together = project(q, inProjWeight, inProjBias);
      return apart ? this.#apart(...(together.split(size, -1) as [Tensor, Tensor, Tensor])) : [together, null, null];
    }
    const [queryBias, keyValueBias] = inProjBias === null ? [null, null] : inProjBias.split([size, 2 * size]);
    if (inProjWeight !== null && k === v && !apart) {
      const [queryWeight, keyValueWeight] = inProjWeight.split([size, 2 * size]);
      return [project(q, queryWeight, queryBias), project(k, keyValueWeight, keyValueBias), null];
    }
    const weights = inProjWeight === null ? [this.qProjWeight, this.kProjWeight, this.vProjWeight] : inProjWeight.split(size);
    const [queryWeight, keyWeight, valueWeight] = weights as Tensor[];
    const [keyBias, valueBias] = keyValueBias === null ? [null, null] : keyValueBias.split(size);
    return this.#apart(project(q, queryWeight, queryBias), project(k, keyWeight, keyBias), project(v, valueWeight, valueBias));
  }

  /** Queries and keys turned, and what stands behind the keys and values of every input. */
  #apart(q: Tensor, k: Tensor, v: Tensor): [Tensor, Tensor, Tensor] {
    return [this.#turned(q, 0), this.#extended(this.#turned(k, 0), this.biasK), this.#extended(v, this.biasV)];
  }

  /** Keys or values with those behind them that every input gets. */
  #extended(x: Tensor, bias: Parameter | null): Tensor {
    const [batch, , size] = x.shape;
    const parts = [x];
    if (bias !== null) parts.push(bias.expand([batch, 1, size]).cast(x.dtype));
    if (this.settings.addZeroAttn) parts.push(zeros([batch, 1, size], { dtype: x.dtype }));
    return parts.length === 1 ? x : concat(parts, 1);
  }

  /** The projected result, arranged as the query was. */
  #output(attended: Tensor, { rank }: Tensor): Tensor {
    const output = this.outProj.forward(attended);
    if (rank === 2) return output.squeeze(0);
    return this.settings.batchFirst ? output : output.transpose(0, 1);
  }
}

function checkInputs(...inputs: Tensor[]): Tensor[] {
  for (const [i, name] of ["query", "key", "value"].entries()) {
    checkTensor("MultiheadAttention", name, inputs[i]);
    const { dtype } = inputs[i];
    if (isFloating(dtype)) continue;
    const mend = 'Convert it with cast("float32"), or put an Embedding before the layer.';
    throw new DTypeError(message("MultiheadAttention", `${name} has dtype ${dtype}; expected float32 or float64`, mend));
  }
  return inputs;
}

function divisors(n: number): number[] {
  return Array.from({ length: Math.min(n, 64) }, (_, i) => i + 1).filter((divisor) => n % divisor === 0);
}
