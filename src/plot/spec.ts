/** A specification of Vega-Lite or Vega, or a part of one. */
export interface Spec {
  readonly [property: string]: unknown;
}

/** A datum: what is drawn as a point, a bar, a corner of a line. */
export type Row = Readonly<Record<string, number | string | boolean | null>>;
