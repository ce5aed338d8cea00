import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, listText, message, shapeText } from "../errors/message.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { choice, flag } from "../options/kinds.js";
import { option } from "../options/option.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";
import { floating } from "./operands.js";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./pool/adaptive.js";
import { type Resampling, resample, resamplingOf, type Tap } from "./resampling.js";

const show = (value: unknown): string => (Array.isArray(value) ? listText(value) : kindText(value));
const isExtent = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 1;
const isFactor = (n: unknown): boolean => typeof n === "number" && Number.isFinite(n) && n > 0;
const oneOrEach = (holds: (n: unknown) => boolean) => (value: unknown) =>
  holds(value) || (Array.isArray(value) && value.length >= 1 && value.length <= 3 && value.every(holds));

/** @internal what `interpolate` and `Upsample` take */
export const INTERPOLATION = {
  /** Extents of the result, whole numbers ≥ 1: one for all spatial axes, or one for each. Default: those of scaleFactor. */
  size: option<number | readonly number[], { default: null; show: typeof show }>(
    "a whole number ≥ 1, or one for each spatial axis",
    oneOrEach(isExtent),
    { default: null, show },
  ),
  /** Multiples of x's extents, numbers > 0: one for all spatial axes, or one for each. Default: none. */
  scaleFactor: option<number | readonly number[], { default: null; show: typeof show }>(
    "a number > 0, or one for each spatial axis",
    oneOrEach(isFactor),
    { default: null, show },
  ),
  /**
   * "nearest", "nearestExact" (of the element whose middle is nearest), "linear" for one spatial axis, "bilinear" and "bicubic" for two,
   * "trilinear" for three, "area" (means). Default "nearest".
   */
  mode: choice(["nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear", "area"], {
    default: "nearest",
    aka: ["interpolation"],
  }),
  /** Whether the middles of the first and of the last elements stay where they are; not for "nearest" and "area". Default null: no. */
  alignCorners: flag({ default: null }),
};

const INTERPOLATE = declare("interpolate", INTERPOLATION);

/** Options of `interpolate`. */
export interface InterpolateOptions extends OptionsOf<typeof INTERPOLATE> {}

type Settings = SettingsOf<typeof INTERPOLATE>;
type Mode = Settings["mode"];

/** The spatial axes of the modes that take one number of them only. */
const AXES: Partial<Record<Mode, number>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };

/**
 * Images, signals or volumes at another resolution, as torch.nn.functional.interpolate; the layer is `Upsample`. Integers become float32.
 * Shape:     x [n, c, ...] → [n, c, ...size] or [n, c, ...⌊extent · scaleFactor⌋]
 * Gradient:  dx: g of each element shared out to those it was made of, by the same weights
 * @param options.size extents of the result, one number or one for each spatial axis; either size or scaleFactor is given
 * @param options.scaleFactor multiples of x's extents, > 0, one number or one for each spatial axis
 * @param options.mode "nearest", "nearestExact", "linear", "bilinear", "bicubic", "trilinear" or "area", default "nearest"
 * @param options.alignCorners whether the middles of corner elements stay where they are, default null: no
 * @throws ArgumentError for an option, ShapeError for a mode of other axes
 * @example interpolate(tensor([[[1, 2]]]), { scaleFactor: 2 })   // [[[1, 1, 2, 2]]]
 * @example interpolate(tensor([[[1, 3]]]), { size: 3, mode: "linear", alignCorners: true })   // [[[1, 2, 3]]]
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkTensorArity("interpolate", arguments.length, 2);
  checkTensor("interpolate", "x", x, "Upsample");
  return interpolated("interpolate", x, INTERPOLATE.readOptions(options));
}

/**
 * The interpolation of the layer and the function.
 * @param op the name in errors
 * @internal
 */
export function interpolated(op: string, x: Tensor, settings: Settings): Tensor {
  const { mode, alignCorners } = checkInterpolation(op, settings);
  const axes = x.rank - 2;
  const wanted = AXES[mode];
  if (axes < 1 || axes > 3 || (wanted !== undefined && wanted !== axes)) {
    const expected = ["[n, c, l]", "[n, c, h, w]", "[n, c, d, h, w]"].filter((_, i) => wanted === undefined || i + 1 === wanted);
    throw new ShapeError(message(op, `x has shape ${shapeText(x.shape)}; mode "${mode}" takes ${expected.join(", ")}`));
  }
  const along = targets(op, x.shape.slice(2), settings);
  const values = floating(x);
  if (mode === "area") {
    const pool = [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d][axes - 1] as (x: Tensor, size: number[]) => Tensor;
    return pool(
      values,
      along.map(({ to }) => to),
    );
  }
  // The last axis first: it is the slow one, and the tensor is smallest now.
  return along.reduceRight((result, { from, to, factor }, axis) => {
    const isSame = from === to && (mode !== "bicubic" || (factor ?? 1) === 1 || alignCorners === true);
    return isSame ? result : resample(result, axis + 2, matrixOf(mode, from, to, factor, alignCorners === true));
  }, values);
}

/** @internal @throws ArgumentError for options that do not go together */
export function checkInterpolation(op: string, settings: Settings): Settings {
  const { size, scaleFactor, mode, alignCorners } = settings;
  if ((size === null) === (scaleFactor === null)) {
    const what = size === null ? "neither size nor scaleFactor is given" : "both size and scaleFactor are given";
    throw new ArgumentError(message(op, `${what}; expected one of them`, "Write { scaleFactor: 2 } or { size: [32, 32] }."));
  }
  if (alignCorners !== null && AXES[mode] === undefined) {
    const what = `alignCorners is given with mode "${mode}"; it belongs to "linear", "bilinear", "bicubic" and "trilinear"`;
    throw new ArgumentError(message(op, what));
  }
  return settings;
}

/** From how many to how many elements an axis goes, and the factor that was given. */
interface Target {
  readonly from: number;
  readonly to: number;
  readonly factor: number | null;
}

function targets(op: string, extents: readonly number[], { size, scaleFactor }: Settings): Target[] {
  const given = (size ?? scaleFactor) as number | readonly number[];
  if (typeof given !== "number" && given.length !== extents.length) {
    const name = size === null ? "scaleFactor" : "size";
    throw new ShapeError(message(op, `${name} is ${listText(given)} for ${extents.length} spatial axes; expected a number for each`));
  }
  return extents.map((from, axis) => {
    const number = typeof given === "number" ? given : given[axis];
    const to = size === null ? Math.floor(from * number) : number;
    if (from > 0 && to > 0) return { from, to, factor: size === null ? number : null };
    throw new ShapeError(message(op, `spatial axis ${axis} of extent ${from} would get ${to}; expected both ≥ 1`));
  });
}

/** PyTorch computes positions in float32, which decides what is nearest. */
const single = Math.fround;

/** The weights of each element of the result along one axis. */
function matrixOf(mode: Mode, from: number, to: number, factor: number | null, alignCorners: boolean): Resampling {
  const spread = to > 1 ? (from - 1) / (to - 1) : 0;
  const scale = single(alignCorners ? spread : factor === null ? from / to : 1 / factor);
  const within = (i: number): number => Math.min(Math.max(i, 0), from - 1);
  const middle = (i: number): number => single(single(scale * single(i + 0.5)) - 0.5);
  const position = (i: number): number => (alignCorners ? single(scale * i) : middle(i));
  const tapsOf = (i: number): Tap[] => {
    // PyTorch doubles exactly, even where the factor is 2.3.
    if (mode === "nearest") return [[to === 2 * from ? i >> 1 : within(Math.floor(single(scale * i))), 1]];
    if (mode === "nearestExact") return [[within(Math.floor(single(single(i + 0.5) * scale))), 1]];
    if (mode !== "bicubic") {
      const at = Math.max(0, position(i));
      const first = within(Math.floor(at));
      const share = single(at - first);
      return share === 0 || first === from - 1
        ? [[first, 1]]
        : [
            [first, 1 - share],
            [first + 1, share],
          ];
    }
    const at = position(i);
    const first = Math.floor(at);
    return cubic(single(at - first)).map((weight, tap) => [within(first - 1 + tap), weight] as const);
  };
  return resamplingOf(
    Array.from({ length: to }, (_, i) => tapsOf(i)),
    from,
  );
}

/** The slope of the cubic kernel at distance 1. Keys, IEEE Transactions on Acoustics, Speech and Signal Processing 29, 1981, has −0.5. */
const SLOPE = -0.75;

/** Weights of the four elements around a position that is `t` behind the second. */
function cubic(t: number): number[] {
  const near = (d: number): number => ((SLOPE + 2) * d - (SLOPE + 3)) * d * d + 1;
  const far = (d: number): number => ((SLOPE * d - 5 * SLOPE) * d + 8 * SLOPE) * d - 4 * SLOPE;
  return [far(1 + t), near(t), near(1 - t), far(2 - t)];
}
