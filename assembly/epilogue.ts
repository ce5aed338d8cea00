/** The activation that a kernel applies to its result while the result is still in registers. @host */
export enum Activation {
  None = 0,
  Relu = 1,
}
