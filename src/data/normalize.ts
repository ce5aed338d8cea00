import { ShapeError } from "../errors/errors.js";
import { kindText, listText, message } from "../errors/message.js";
import { declare } from "../options/declare.js";
import { option } from "../options/option.js";
import type { Transform } from "./transform.js";

type Channels = number | readonly number[];

/** Whether a value is a finite number above `above`, or a list of such. */
function isEach(value: unknown, above: number): boolean {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((one) => typeof one === "number" && one > above && one < Number.POSITIVE_INFINITY);
}

const EACH = {
  required: true,
  show: (value: unknown): string => (Array.isArray(value) ? listText(value) : kindText(value)),
} as const;

const NORMALIZE = declare(
  "normalize",
  {},
  {
    mean: option<Channels, typeof EACH>("a number, or one for each channel", (value) => isEach(value, Number.NEGATIVE_INFINITY), EACH),
    std: option<Channels, typeof EACH>("a number > 0, or one for each channel", (value) => isEach(value, 0), EACH),
  },
);

/**
 * Gives channels the mean 0 and the standard deviation 1 that models like: (x − mean) / std. Of images of bytes, mean and std are those
 * of byte / 255. CIFAR-10's are [0.4914, 0.4822, 0.4465] and [0.247, 0.2435, 0.2616].
 *
 * @param mean a number for each channel, or one for all
 * @param std a number > 0 for each channel, or one for all
 * @throws ArgumentError; when it is applied, ShapeError for images of another number of channels
 * @example
 * const scale = normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);
 */
export function normalize(mean: number | readonly number[], std: number | readonly number[]): Transform {
  NORMALIZE.read(arguments);
  const given = { mean, std };
  return {
    name: NORMALIZE.op,
    apply: (images) => {
      const { pixels, n, channels, height, width } = images;
      for (const [name, values] of Object.entries(given)) {
        if (typeof values === "number" || values.length === channels) continue;
        const expected = `expected one for each channel, ${channels}, or a single number`;
        throw new ShapeError(message(NORMALIZE.op, `${name} has ${values.length} numbers; ${expected}`));
      }
      const size = height * width;
      for (let plane = 0; plane < n * channels; plane++) {
        const [shift, scale] = [of(mean, plane % channels), 1 / of(std, plane % channels)];
        for (let i = plane * size; i < (plane + 1) * size; i++) pixels[i] = (pixels[i] - shift) * scale;
      }
      return images;
    },
  };
}

function of(values: Channels, channel: number): number {
  return typeof values === "number" ? values : values[channel];
}
