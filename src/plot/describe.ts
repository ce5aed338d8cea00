import type { Option } from "../options/option.js";
import type { Figure } from "./figure.js";

/** An option of a figure's demonstration, declared once: for the command line, for its help, and for programs. */
export interface FigureOption<T = unknown> {
  /** Its kind, range and default, by the kinds of src/options. */
  readonly takes: Option<T>;
  /** What it is, for --help. */
  readonly about: string;
}

export type FigureOptions = Readonly<Record<string, FigureOption>>;

/** The values of the options, defaults filled in. */
export type FigureSettings<O extends FigureOptions> = { readonly [K in keyof O]: O[K] extends FigureOption<infer T> ? T : never };

/** Is told how far a demonstration has come. @param share from 0 to 1 @param what is being done now */
export type Progress = (share: number, what?: string) => void;

/** A figure as the command `simdgrad plot` knows it. */
export interface FigureDescription<O extends FigureOptions = FigureOptions> {
  /** Its name on the command line, in kebab case. */
  readonly name: string;
  /** What it shows, in a sentence without a full stop. */
  readonly about: string;
  readonly options: O;
  /** How its picture in docs/figures is kept: as PNG where the SVG would be large. Default "svg". */
  readonly format?: "svg" | "png";
  /** Whether its demonstration takes longer than a second or two: tests leave it to those that take minutes. Default false. */
  readonly slow?: boolean;
  /** Computes what it shows with the library, from a seed, and draws it: the same options give the same picture. */
  demo(settings: FigureSettings<O>, progress: Progress): Promise<Figure>;
}

/** Describes a figure for the command. */
export function figure<const O extends FigureOptions>(description: FigureDescription<O>): FigureDescription<O> {
  return description;
}
