import type { DType } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor, TensorMeta } from "../tensor/tensor.js";
import type { BackwardPass } from "./pass.js";

/** The name of an operand without its mark: `"bias?"` is the optional operand `bias`, which may be null. */
export type OperandName<N extends string> = N extends `${infer Name}?` ? Name : N;

/** The operands by name; optional ones may be null. */
export type Operands<N extends string> = { [K in N as OperandName<K>]: K extends `${string}?` ? Tensor | null : Tensor };

/** What a gradient formula may read: the saved tensors, and only shape, size and element type of the others. */
export type Saved<N extends string, S extends string> = {
  [K in N | "out" as OperandName<K>]: OperandName<K> extends S
    ? K extends `${string}?`
      ? Tensor | null
      : Tensor
    : K extends `${string}?`
      ? TensorMeta | null
      : TensorMeta;
};

/** The definition of a differentiable operation: see `defineOp`. */
export interface OperationSpec<N extends string, S extends string, A> {
  /** The operation's public name, with which every message begins. */
  readonly name: string;
  /** The names of the operands, in order. */
  readonly inputs: readonly N[];
  /** The operands, or "out", that a gradient reads. If one of them was changed in place, backward() throws a GraphError. */
  readonly save?: readonly S[];
  /** The shape of the result; throws a ShapeError when the operands do not fit. */
  readonly shape: (operands: Operands<N>, attributes: A) => Shape;
  /** The element type of the result. Default: the element type of the first operand. */
  readonly dtype?: DType | ((operands: Operands<N>, attributes: A) => DType);
  /** The number of elements of a workspace, which forward fills for backward. It has the result's type and lives as long as its graph. */
  readonly workspace?: (operands: Operands<N>, attributes: A) => number;
  /**
   * Computes `out`, and the workspace if there is one, from the operands. All of them are in linear memory at `.at`. The content of
   * `out` and of the workspace is undefined before.
   */
  readonly forward?: (operands: Operands<N> & { out: Tensor; workspace: Tensor }, attributes: A) => void;
  /** Whether the result shares the storage of the first operand, under another shape. There is no forward then. */
  readonly alias?: boolean;
  /**
   * A formula of the gradient for each differentiable operand, written in operations, so that it can be differentiated again.
   * `g` is the gradient of the result. The formula's value must have the operand's shape.
   */
  readonly grad?: { readonly [K in OperandName<N>]?: (g: Tensor, saved: Saved<N, S>, attributes: A) => Tensor };
  /** Computes all wanted gradients in one fused kernel, unless createGraph is set. It must agree with `grad`. */
  readonly backward?: (pass: BackwardPass<OperandName<N>>, saved: Saved<N, S> & { workspace: Tensor }, attributes: A) => void;
}

/** An operation as the graph uses it, with operands by position instead of by name. */
export interface Operation {
  readonly name: string;
  readonly alias: boolean;
  readonly names: readonly string[];
  /** For each operand whether it is saved. */
  readonly saved: readonly boolean[];
  /** Whether the result is saved. */
  readonly savesOut: boolean;
  readonly differentiable: boolean;
  readonly gradients: readonly (((g: Tensor, saved: never, attributes: never) => Tensor) | null)[];
  readonly backward: ((pass: never, saved: never, attributes: never) => void) | null;
}
