/** What a kernel applies to its result while it is still in registers. @host */
export enum Activation {
  None = 0,
  Relu = 1,
}
