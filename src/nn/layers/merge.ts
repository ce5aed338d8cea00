import { concat } from "../../ops/joining.js";
import { type AnyDeclaration, declare, type OptionsOf } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Merge } from "../merge.js";

/** Keras lines inputs up at the samples: one of fewer axes gets axes of extent 1 behind its first. */
function linedUp(inputs: readonly Tensor[]): Tensor[] {
  const rank = Math.max(...inputs.map((input) => input.rank));
  return inputs.map((x) => {
    if (x.rank === rank || x.rank === 0) return x;
    return x.reshape([x.shape[0], ...new Array<number>(rank - x.rank).fill(1), ...x.shape.slice(1)]);
  });
}

/** A merge of two inputs at a time, element by element. */
abstract class Elementwise<D extends AnyDeclaration> extends Merge<D> {
  protected merge(inputs: readonly Tensor[]): Tensor {
    return linedUp(inputs).reduce((a, b) => this.join(a, b));
  }

  protected abstract join(a: Tensor, b: Tensor): Tensor;
}

const ADD = declare("Add", {});

/**
 * The sum of its inputs, element by element.
 * Shape:     two or more that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for fewer inputs, ShapeError
 * @example new Add().forward(tensor([[1, 2]]), tensor([[3, 4]]));   // [[4, 6]]
 */
export class Add extends Elementwise<typeof ADD> {
  static override readonly declaration = ADD;

  constructor() {
    super(arguments.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }
}

const SUBTRACT = declare("Subtract", {});

/**
 * The first input minus the second, element by element.
 * Shape:     two that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for more or fewer inputs, ShapeError
 * @example new Subtract().forward(tensor([[5, 5]]), tensor([[3, 4]]));   // [[2, 1]]
 */
export class Subtract extends Elementwise<typeof SUBTRACT> {
  static override readonly declaration = SUBTRACT;
  protected override readonly most = 2;

  constructor() {
    super(arguments.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.sub(b);
  }
}

const MULTIPLY = declare("Multiply", {});

/**
 * The product of its inputs, element by element.
 * Shape:     two or more that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for fewer inputs, ShapeError
 * @example new Multiply().forward(tensor([[1, 2]]), tensor([[3, 4]]));   // [[3, 8]]
 */
export class Multiply extends Elementwise<typeof MULTIPLY> {
  static override readonly declaration = MULTIPLY;

  constructor() {
    super(arguments.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }
}

const AVERAGE = declare("Average", {});

/**
 * The mean of its inputs, element by element.
 * Shape:     two or more that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for fewer inputs, ShapeError
 * @example new Average().forward(tensor([[1, 2]]), tensor([[3, 4]]));   // [[2, 3]]
 */
export class Average extends Elementwise<typeof AVERAGE> {
  static override readonly declaration = AVERAGE;

  constructor() {
    super(arguments.length);
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return super.merge(inputs).div(inputs.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.add(b);
  }
}

const MAXIMUM = declare("Maximum", {});

/**
 * The greatest of its inputs, element by element.
 * Shape:     two or more that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for fewer inputs, ShapeError
 * @example new Maximum().forward(tensor([[1, 5]]), tensor([[3, 4]]));   // [[3, 5]]
 */
export class Maximum extends Elementwise<typeof MAXIMUM> {
  static override readonly declaration = MAXIMUM;

  constructor() {
    super(arguments.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.maximum(b);
  }
}

const MINIMUM = declare("Minimum", {});

/**
 * The least of its inputs, element by element.
 * Shape:     two or more that broadcast → their common shape; an input of fewer axes gets axes of 1 behind the samples, as in Keras
 * @throws ArgumentError for fewer inputs, ShapeError
 * @example new Minimum().forward(tensor([[1, 5]]), tensor([[3, 4]]));   // [[1, 4]]
 */
export class Minimum extends Elementwise<typeof MINIMUM> {
  static override readonly declaration = MINIMUM;

  constructor() {
    super(arguments.length);
  }

  protected join(a: Tensor, b: Tensor): Tensor {
    return a.minimum(b);
  }
}

const CONCATENATE = declare("Concatenate", {
  /** The axis, counted with the samples. Default −1, the last. */
  axis: number({ default: -1, whole: true, aka: ["dim"] }),
});

/** Options of `Concatenate`. */
export interface ConcatenateOptions extends OptionsOf<typeof CONCATENATE> {}

/**
 * Its inputs one behind the other along an axis.
 * Shape:     two or more that are equal but for the axis → its extents added
 * @param options.axis counted with the samples, default −1, the last
 * @throws ArgumentError for fewer inputs, ShapeError, IndexError for an axis outside the shape
 * @example new Concatenate().forward(tensor([[1, 2]]), tensor([[3]]));   // [[1, 2, 3]]
 */
export class Concatenate extends Merge<typeof CONCATENATE> {
  static override readonly declaration = CONCATENATE;

  constructor(options?: ConcatenateOptions) {
    super(arguments.length, options);
  }

  protected merge(inputs: readonly Tensor[]): Tensor {
    return concat(inputs, this.settings.axis);
  }
}
