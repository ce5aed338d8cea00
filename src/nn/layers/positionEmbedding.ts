import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type OptionsOf, type SettingsOf } from "../../options/declare.js";
import { count } from "../../options/kinds.js";
import { currentSeed } from "../../tensor/seed.js";
import type { Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { drawn, initializerOf } from "../drawn.js";
import { build } from "../forward.js";
import { Layer } from "../layer.js";
import { initializer } from "../options.js";
import { START } from "../positions.js";

const POSITION_EMBEDDING = declare(
  "PositionEmbedding",
  {
    /** How the vectors start. Default { name: "normal", std: 0.02 }. */
    weightInitializer: initializer({ default: { name: "normal", std: 0.02 }, aka: ["initializer"] }),
  },
  {
    maxLength: count({ required: true, mend: () => "Write new PositionEmbedding(128), or with the size, new PositionEmbedding(128, 64)." }),
    size: count({ default: null }),
  },
);

/** Options of `PositionEmbedding`. */
export interface PositionEmbeddingOptions extends OptionsOf<typeof POSITION_EMBEDDING> {}

/**
 * Adds a trained vector to each vector of a sequence, one for each position: y = x + weight[position].
 *
 * The weight starts at N(0, 0.02²), as in GPT-2.
 * Shape:     [..., length, size], length at most maxLength → same; weight [maxLength, size]
 * @param maxLength how many positions there are
 * @param size extent of a vector; default null: that of the first input
 * @param options.weightInitializer default { name: "normal", std: 0.02 }
 * @throws ArgumentError; at forward ShapeError for a sequence that is too long or vectors of another size
 * @example new PositionEmbedding(128).forward(randn([2, 10, 64])).shape   // [2, 10, 64]
 */
export class PositionEmbedding extends Layer<typeof POSITION_EMBEDDING> {
  static override readonly declaration = POSITION_EMBEDDING;
  readonly maxLength = this.settings.maxLength;
  weight!: Parameter;
  readonly #initializer = initializerOf("PositionEmbedding", "weightInitializer", this.settings.weightInitializer);
  readonly #seed = currentSeed();

  constructor(maxLength: number, size: number | null = null, options?: PositionEmbeddingOptions) {
    super(arguments.length, maxLength, size, options);
    if (size !== null) build(this, [1, 1, size]);
  }

  static override stateShapes({ maxLength, size }: SettingsOf<typeof POSITION_EMBEDDING>, inputShape: Shape) {
    const width = size ?? inputShape.at(-1);
    if (width !== undefined && width > 0) return { weight: [maxLength, width] };
    throw new ShapeError(message("PositionEmbedding", `x has shape ${shapeText(inputShape)}; expected [..., length, size]`));
  }

  override build(inputShape: Shape): void {
    this.weight = drawn(PositionEmbedding.stateShapes(this.settings, inputShape).weight, this.#initializer, this.#seed);
  }

  override inputShapeFrom(state: ReadonlyMap<string, Tensor>): Shape | null {
    const weight = state.get("weight");
    return weight?.rank === 2 ? [1, 1, weight.shape[1]] : null;
  }

  override expects(): Shape | null {
    return null;
  }

  protected override resultShape(inputShape: Shape): Shape {
    return this.#checked(inputShape, 0);
  }

  #checked(shape: Shape, start: number): Shape {
    const size = this.built ? this.weight.shape[1] : shape.at(-1);
    const fail = (expected: string, mend?: string): never => {
      throw new ShapeError(message("PositionEmbedding", `x has shape ${shapeText(shape)}; expected ${expected}`, mend));
    };
    if (shape.length < 2 || shape.at(-1) !== size) fail(shapeText(["...", "length", size ?? "size"]));
    const behind = start === 0 ? "" : ` behind position ${start}`;
    if (start + (shape.at(-2) as number) > this.maxLength) {
      fail(
        `at most ${this.maxLength - start} vectors along the length${behind}, maxLength`,
        "Make maxLength larger, or the sequence shorter.",
      );
    }
    return shape;
  }

  /** @param options.start position of the first vector, default 0 */
  forward(x: Tensor, options?: OptionsOf<typeof START>): Tensor {
    checkTensor("PositionEmbedding", "x", x);
    const { start } = START.readOptions(options, "PositionEmbedding.forward");
    const length = this.#checked(x.shape, start).at(-2) as number;
    return x.add(this.weight.slice([[start, start + length]]));
  }
}
