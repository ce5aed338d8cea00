import type { PadOptions } from "../../ops/padding.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { type Padding, PaddingLayer, sides } from "../padding.js";

const ZERO_PAD_1D = declare("ZeroPad1d", {}, { padding: sides("ZeroPad1d", 1) });
const ZERO_PAD_2D = declare("ZeroPad2d", {}, { padding: sides("ZeroPad2d", 2) });
const ZERO_PAD_3D = declare("ZeroPad3d", {}, { padding: sides("ZeroPad3d", 3) });

/**
 * Surrounds signals with zeros, as torch.nn.ZeroPad1d; `pad` does so to any axes.
 * Shape:     [n, ..., l] → [n, ..., left + l + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ZeroPad1d([2, 1]).forward(tensor([[1, 2]]));   // [[0, 0, 1, 2, 0]]
 */
export class ZeroPad1d extends PaddingLayer<typeof ZERO_PAD_1D> {
  static override readonly declaration = ZERO_PAD_1D;
  protected readonly axes = 1;
  protected readonly border: PadOptions = { mode: "constant" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds images with zeros, as torch.nn.ZeroPad2d; `pad` does so to any axes.
 * Shape:     [n, ..., h, w] → [n, ..., top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ZeroPad2d(1).forward(ones([1, 1, 2, 3])).shape   // [1, 1, 4, 5]
 */
export class ZeroPad2d extends PaddingLayer<typeof ZERO_PAD_2D> {
  static override readonly declaration = ZERO_PAD_2D;
  protected readonly axes = 2;
  protected readonly border: PadOptions = { mode: "constant" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds volumes with zeros, as torch.nn.ZeroPad3d; `pad` does so to any axes.
 * Shape:     [n, ..., d, h, w] → [n, ..., front + d + back, top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom, front, back]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ZeroPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape   // [1, 1, 4, 4, 4]
 */
export class ZeroPad3d extends PaddingLayer<typeof ZERO_PAD_3D> {
  static override readonly declaration = ZERO_PAD_3D;
  protected readonly axes = 3;
  protected readonly border: PadOptions = { mode: "constant" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

const VALUE = number({ required: true, nan: true, mend: () => "Write new ConstantPad2d(1, 0)." });

const CONSTANT_PAD_1D = declare("ConstantPad1d", {}, { padding: sides("ConstantPad1d", 1), value: VALUE });
const CONSTANT_PAD_2D = declare("ConstantPad2d", {}, { padding: sides("ConstantPad2d", 2), value: VALUE });
const CONSTANT_PAD_3D = declare("ConstantPad3d", {}, { padding: sides("ConstantPad3d", 3), value: VALUE });

/**
 * Surrounds signals with a constant, as torch.nn.ConstantPad1d; `pad` does so to any axes.
 * Shape:     [n, ..., l] → [n, ..., left + l + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right]
 * @param value what the border holds
 * @throws ArgumentError for other widths and a value that is no number; at forward ShapeError for too few axes
 * @example new ConstantPad1d([2, 1], 9).forward(tensor([[1, 2]]));   // [[9, 9, 1, 2, 9]]
 */
export class ConstantPad1d extends PaddingLayer<typeof CONSTANT_PAD_1D> {
  static override readonly declaration = CONSTANT_PAD_1D;
  protected readonly axes = 1;
  protected readonly border: PadOptions = { value: this.settings.value };

  constructor(padding: Padding, value: number) {
    super(arguments.length, padding, value);
  }
}

/**
 * Surrounds images with a constant, as torch.nn.ConstantPad2d; `pad` does so to any axes.
 * Shape:     [n, ..., h, w] → [n, ..., top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom]
 * @param value what the border holds
 * @throws ArgumentError for other widths and a value that is no number; at forward ShapeError for too few axes
 * @example new ConstantPad2d([1, 0, 0, 2], -1).forward(ones([1, 1, 2, 3])).shape   // [1, 1, 4, 4]
 */
export class ConstantPad2d extends PaddingLayer<typeof CONSTANT_PAD_2D> {
  static override readonly declaration = CONSTANT_PAD_2D;
  protected readonly axes = 2;
  protected readonly border: PadOptions = { value: this.settings.value };

  constructor(padding: Padding, value: number) {
    super(arguments.length, padding, value);
  }
}

/**
 * Surrounds volumes with a constant, as torch.nn.ConstantPad3d; `pad` does so to any axes.
 * Shape:     [n, ..., d, h, w] → [n, ..., front + d + back, top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom, front, back]
 * @param value what the border holds
 * @throws ArgumentError for other widths and a value that is no number; at forward ShapeError for too few axes
 * @example new ConstantPad3d(1, 0.5).forward(ones([1, 1, 2, 2, 2])).shape   // [1, 1, 4, 4, 4]
 */
export class ConstantPad3d extends PaddingLayer<typeof CONSTANT_PAD_3D> {
  static override readonly declaration = CONSTANT_PAD_3D;
  protected readonly axes = 3;
  protected readonly border: PadOptions = { value: this.settings.value };

  constructor(padding: Padding, value: number) {
    super(arguments.length, padding, value);
  }
}

const REFLECTION_PAD_1D = declare("ReflectionPad1d", {}, { padding: sides("ReflectionPad1d", 1) });
const REFLECTION_PAD_2D = declare("ReflectionPad2d", {}, { padding: sides("ReflectionPad2d", 2) });
const REFLECTION_PAD_3D = declare("ReflectionPad3d", {}, { padding: sides("ReflectionPad3d", 3) });

/**
 * Surrounds signals with what lies behind each edge, mirrored at it, as torch.nn.ReflectionPad1d; `pad` does so to any axes.
 * Shape:     [n, ..., l] → [n, ..., left + l + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent less 1, or [left, right]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new ReflectionPad1d([2, 1]).forward(tensor([[1, 2, 3]]));   // [[3, 2, 1, 2, 3, 2]]
 */
export class ReflectionPad1d extends PaddingLayer<typeof REFLECTION_PAD_1D> {
  static override readonly declaration = REFLECTION_PAD_1D;
  protected readonly axes = 1;
  protected readonly border: PadOptions = { mode: "reflect" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds images with what lies behind each edge, mirrored at it, as torch.nn.ReflectionPad2d; `pad` does so to any axes.
 * Shape:     [n, ..., h, w] → [n, ..., top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent less 1, or [left, right, top, bottom]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new ReflectionPad2d(1).forward(ones([1, 1, 2, 3])).shape   // [1, 1, 4, 5]
 */
export class ReflectionPad2d extends PaddingLayer<typeof REFLECTION_PAD_2D> {
  static override readonly declaration = REFLECTION_PAD_2D;
  protected readonly axes = 2;
  protected readonly border: PadOptions = { mode: "reflect" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds volumes with what lies behind each edge, mirrored at it, as torch.nn.ReflectionPad3d; `pad` does so to any axes.
 * Shape:     [n, ..., d, h, w] → [n, ..., front + d + back, top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent less 1, or [left, right, top, bottom, front, back]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new ReflectionPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape   // [1, 1, 4, 4, 4]
 */
export class ReflectionPad3d extends PaddingLayer<typeof REFLECTION_PAD_3D> {
  static override readonly declaration = REFLECTION_PAD_3D;
  protected readonly axes = 3;
  protected readonly border: PadOptions = { mode: "reflect" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

const REPLICATION_PAD_1D = declare("ReplicationPad1d", {}, { padding: sides("ReplicationPad1d", 1) });
const REPLICATION_PAD_2D = declare("ReplicationPad2d", {}, { padding: sides("ReplicationPad2d", 2) });
const REPLICATION_PAD_3D = declare("ReplicationPad3d", {}, { padding: sides("ReplicationPad3d", 3) });

/**
 * Surrounds signals with its edges, as torch.nn.ReplicationPad1d; `pad` does so to any axes.
 * Shape:     [n, ..., l] → [n, ..., left + l + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ReplicationPad1d([2, 1]).forward(tensor([[1, 2, 3]]));   // [[1, 1, 1, 2, 3, 3]]
 */
export class ReplicationPad1d extends PaddingLayer<typeof REPLICATION_PAD_1D> {
  static override readonly declaration = REPLICATION_PAD_1D;
  protected readonly axes = 1;
  protected readonly border: PadOptions = { mode: "replicate" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds images with its edges, as torch.nn.ReplicationPad2d; `pad` does so to any axes.
 * Shape:     [n, ..., h, w] → [n, ..., top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ReplicationPad2d(1).forward(ones([1, 1, 2, 3])).shape   // [1, 1, 4, 5]
 */
export class ReplicationPad2d extends PaddingLayer<typeof REPLICATION_PAD_2D> {
  static override readonly declaration = REPLICATION_PAD_2D;
  protected readonly axes = 2;
  protected readonly border: PadOptions = { mode: "replicate" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds volumes with its edges, as torch.nn.ReplicationPad3d; `pad` does so to any axes.
 * Shape:     [n, ..., d, h, w] → [n, ..., front + d + back, top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, or [left, right, top, bottom, front, back]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes
 * @example new ReplicationPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape   // [1, 1, 4, 4, 4]
 */
export class ReplicationPad3d extends PaddingLayer<typeof REPLICATION_PAD_3D> {
  static override readonly declaration = REPLICATION_PAD_3D;
  protected readonly axes = 3;
  protected readonly border: PadOptions = { mode: "replicate" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

const CIRCULAR_PAD_1D = declare("CircularPad1d", {}, { padding: sides("CircularPad1d", 1) });
const CIRCULAR_PAD_2D = declare("CircularPad2d", {}, { padding: sides("CircularPad2d", 2) });
const CIRCULAR_PAD_3D = declare("CircularPad3d", {}, { padding: sides("CircularPad3d", 3) });

/**
 * Surrounds signals with the other end of each axis, as torch.nn.CircularPad1d; `pad` does so to any axes.
 * Shape:     [n, ..., l] → [n, ..., left + l + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent, or [left, right]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new CircularPad1d([2, 1]).forward(tensor([[1, 2, 3]]));   // [[2, 3, 1, 2, 3, 1]]
 */
export class CircularPad1d extends PaddingLayer<typeof CIRCULAR_PAD_1D> {
  static override readonly declaration = CIRCULAR_PAD_1D;
  protected readonly axes = 1;
  protected readonly border: PadOptions = { mode: "circular" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds images with the other end of each axis, as torch.nn.CircularPad2d; `pad` does so to any axes.
 * Shape:     [n, ..., h, w] → [n, ..., top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent, or [left, right, top, bottom]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new CircularPad2d(1).forward(ones([1, 1, 2, 3])).shape   // [1, 1, 4, 5]
 */
export class CircularPad2d extends PaddingLayer<typeof CIRCULAR_PAD_2D> {
  static override readonly declaration = CIRCULAR_PAD_2D;
  protected readonly axes = 2;
  protected readonly border: PadOptions = { mode: "circular" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}

/**
 * Surrounds volumes with the other end of each axis, as torch.nn.CircularPad3d; `pad` does so to any axes.
 * Shape:     [n, ..., d, h, w] → [n, ..., front + d + back, top + h + bottom, left + w + right]
 * @param padding whole number ≥ 0 for all sides, at most the extent, or [left, right, top, bottom, front, back]
 * @throws ArgumentError for other widths; at forward ShapeError for too few axes and for a wider border
 * @example new CircularPad3d(1).forward(ones([1, 1, 2, 2, 2])).shape   // [1, 1, 4, 4, 4]
 */
export class CircularPad3d extends PaddingLayer<typeof CIRCULAR_PAD_3D> {
  static override readonly declaration = CIRCULAR_PAD_3D;
  protected readonly axes = 3;
  protected readonly border: PadOptions = { mode: "circular" };

  constructor(padding: Padding) {
    super(arguments.length, padding);
  }
}
