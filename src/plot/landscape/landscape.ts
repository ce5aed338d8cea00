/** A loss over a plane through the parameters of a model: what `lossLandscape` computes, as plain JSON. */
export interface Landscape {
  /** What is shown, such as the name of the network. */
  readonly title: string;
  /** Steps along the first direction, from −span to span. The model itself is at 0. */
  readonly alphas: readonly number[];
  /** Steps along the second. */
  readonly betas: readonly number[];
  /** The loss at [alpha, beta]; NaN or Infinity where it is not finite. */
  readonly losses: readonly (readonly number[])[];
  /** The loss of the model as it is. */
  readonly centre: number;
}

/** `count` numbers from −span to span, evenly spaced, exactly 0 in the middle of an odd count. */
export function steps(count: number, span: number): number[] {
  return Array.from({ length: count }, (_, i) => (span * (2 * i - (count - 1))) / (count - 1));
}
