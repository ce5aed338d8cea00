import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { areas, category, layered, lineAt, lines, quantity, type ViewOptions } from "./chart.js";
import type { Spec } from "./spec.js";

/** The errors of models of one capacity: means, and deviations over trainings. */
export interface CapacityPoint {
  readonly value: number;
  readonly train: { readonly mean: number; readonly std: number };
  readonly validation: { readonly mean: number; readonly std: number };
}

export interface CapacityAxes {
  /** What the capacity is, at the axis. */
  readonly capacity: string;
  /** What the error is, at the axis. */
  readonly error: string;
  readonly logCapacity: boolean;
  readonly logError: boolean;
  /** The greatest error that is drawn; null: all are. */
  readonly most: number | null;
  /** A capacity to be marked; null: none. */
  readonly threshold: number | null;
}

/** Errors of training and validation over capacity, each with a band of one deviation. */
export function capacityView(points: readonly CapacityPoint[], axes: CapacityAxes, view: ViewOptions): Spec {
  const rows = rowsOf(points, axes);
  const domain = domainOf(points, rows, axes);
  const floored = rows.map((row) => ({ ...row, error: Math.max(row.error, domain[0]), low: Math.max(row.low, domain[0]) }));
  const areWhole = points.every(({ value }) => Number.isInteger(value)) && !axes.logCapacity;
  const x = quantity("value", axes.capacity, {
    log: axes.logCapacity,
    scale: { nice: false, padding: 8 },
    axis: areWhole ? { tickMinStep: 1, format: "d" } : {},
  });
  const y = quantity("error", axes.error, { log: axes.logError, domain });
  const color = category("data", null, { order: ["training", "validation"] });
  const bands = areas(floored, { x, y: { ...y, field: "low" }, y2: { field: "high" }, color }, { fillOpacity: 0.18 });
  const mark = axes.threshold === null ? [] : [lineAt("x", axes.threshold, x, "interpolation threshold")];
  return layered(view, bands, lines(floored, { x, y, color }, { point: { size: 40 } }), ...mark);
}

interface ErrorRow {
  readonly value: number;
  readonly data: string;
  readonly error: number;
  /** Of the band. On a logarithmic axis it reaches as far below the mean as above it. */
  readonly low: number;
  readonly high: number;
}

function rowsOf(points: readonly CapacityPoint[], { logError }: CapacityAxes): ErrorRow[] {
  const row = (value: number, data: string, { mean, std }: CapacityPoint["train"]): ErrorRow => {
    const low = logError ? (mean * mean) / (mean + std || 1) : mean - std;
    return { value, data, error: mean, low, high: mean + std };
  };
  return points.flatMap(({ value, train, validation }) => [row(value, "training", train), row(value, "validation", validation)]);
}

/** How far below the least error of validation a logarithmic axis goes: training errors of exact fits lie at any depth, and are drawn at its end. */
const DEPTH = 20;

function domainOf(points: readonly CapacityPoint[], rows: readonly ErrorRow[], { logError, most }: CapacityAxes): [number, number] {
  const high = most ?? Math.max(...rows.map((row) => row.high));
  const low = Math.min(...rows.map((row) => row.low));
  if (!logError) return [Math.min(0, low), high];
  return [Math.max(low, Math.min(...points.map(({ validation }) => validation.mean)) / DEPTH), high];
}

/** @throws ArgumentError for what is not a list of such points */
export function checkPoints(op: string, points: unknown): asserts points is readonly CapacityPoint[] {
  const isSpread = (spread: unknown): boolean => {
    const { mean, std } = (spread ?? {}) as Record<string, unknown>;
    return Number.isFinite(mean) && Number.isFinite(std);
  };
  const isPoint = (point: unknown): boolean => {
    const { value, train, validation } = (point ?? {}) as Record<string, unknown>;
    return Number.isFinite(value) && isSpread(train) && isSpread(validation);
  };
  if (Array.isArray(points) && points.length > 0 && points.every(isPoint)) return;
  const mend = "Call validationCurve of simdgrad/search with numbers as values.";
  throw new ArgumentError(message(op, `the points are ${kindText(points)}; expected what validationCurve returned`, mend));
}
