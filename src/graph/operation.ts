import type { DType } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor, TensorMeta } from "../tensor/tensor.js";
import type { BackwardPass } from "./pass.js";

/** `"bias?"` is an operand that may be null. */
export type OperandName<N extends string> = N extends `${infer Name}?` ? Name : N;

/** Operands by name; optional ones may be null. */
export type Operands<N extends string> = { [K in N as OperandName<K>]: K extends `${string}?` ? Tensor | null : Tensor };

/** What a gradient may read: saved tensors whole, of the others only shape and type. */
export type Saved<N extends string, S extends string> = {
  [K in N | "out" as OperandName<K>]: OperandName<K> extends S
    ? K extends `${string}?`
      ? Tensor | null
      : Tensor
    : K extends `${string}?`
      ? TensorMeta | null
      : TensorMeta;
};

/** One differentiable operation: see `defineOp`. */
export interface OperationSpec<N extends string, S extends string, A> {
  /** As users know it; it stands in every message. */
  readonly name: string;
  /** Operands in order. */
  readonly inputs: readonly N[];
  /** Operands (or "out") that a gradient reads. Changing one in place before backward() is a GraphError. */
  readonly save?: readonly S[];
  /** Extents of the result; throws ShapeError when the operands do not fit. */
  readonly shape: (operands: Operands<N>, attributes: A) => Shape;
  /** Element type of the result; default: that of the first operand. */
  readonly dtype?: DType | ((operands: Operands<N>, attributes: A) => DType);
  /** Elements of a workspace of the result's type that forward fills for backward; it lives as long as the result's graph. */
  readonly workspace?: (operands: Operands<N>, attributes: A) => number;
  /**
   * Computes `out` (and the workspace, if there is one) from the operands: all are in linear memory at `.at`; the content of
   * `out` is undefined.
   */
  readonly forward?: (operands: Operands<N> & { out: Tensor; workspace: Tensor }, attributes: A) => void;
  /** The result is the first operand's storage under another shape; there is no forward. */
  readonly alias?: boolean;
  /**
   * For each differentiable operand its gradient, written in operations, so that it can be differentiated again.
   * `g` is the gradient of the result. The value has the operand's shape.
   */
  readonly grad?: { readonly [K in OperandName<N>]?: (g: Tensor, saved: Saved<N, S>, attributes: A) => Tensor };
  /** All wanted gradients in one fused kernel; must agree with `grad`. Used whenever no second differentiation is asked. */
  readonly backward?: (pass: BackwardPass<OperandName<N>>, saved: Saved<N, S> & { workspace: Tensor }, attributes: A) => void;
}

/** An operation as the graph sees it: names resolved to positions. */
export interface Operation {
  readonly name: string;
  readonly alias: boolean;
  readonly names: readonly string[];
  /** Which operands are saved. */
  readonly saved: readonly boolean[];
  /** Whether the result is saved. */
  readonly savesOut: boolean;
  readonly differentiable: boolean;
  readonly gradients: readonly (((g: Tensor, saved: never, attributes: never) => Tensor) | null)[];
  readonly backward: ((pass: never, saved: never, attributes: never) => void) | null;
}
