import { ArgumentError } from "../../errors/errors.js";
import { message, shapeText, shortened } from "../../errors/message.js";
import { encodePng } from "../../io/image/encodePng.js";
import { isDate } from "../../options/builtin.js";
import { isMissing } from "../../tables/cells.js";
import type { TableSamples } from "../../tables/tableModel.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { WorstSample } from "../run.js";
import type { EvaluationSettings } from "./options.js";

/** The most numbers of a sample that are written out. */
const MOST_NUMBERS = 12;

/** Shows samples: as pictures where they are images, else in words. */
export class Sights {
  readonly #image: readonly number[] | null;
  readonly #width: number;

  constructor(
    private readonly op: string,
    private readonly x: Tensor,
    private readonly settings: Pick<EvaluationSettings, "imageShape" | "featureNames">,
    /** The cells of a sample by column, where samples are rows of a table. */
    private readonly cells?: TableSamples["cells"],
  ) {
    const { imageShape } = settings;
    const own = x.shape.slice(1);
    this.#width = own.reduce((product, extent) => product * extent, 1);
    const size = imageShape?.reduce((product, extent) => product * extent, 1);
    if (size !== undefined && size !== this.#width)
      throw new ArgumentError(
        message(op, `imageShape is ${shapeText(imageShape as number[])}, the samples are ${shapeText(own)}; expected as many numbers`),
      );
    this.#image = imageShape ?? (own.length === 3 && [1, 3].includes(own[0]) ? own : null);
  }

  async of(index: number): Promise<Pick<WorstSample, "picture" | "text">> {
    const values = Array.from(this.x.view().subarray(index * this.#width, (index + 1) * this.#width), Number);
    if (this.#image !== null) return { picture: await this.#picture(values, this.#image), text: null };
    const { featureNames } = this.settings;
    const cells = this.cells?.(index) ?? values.map((value, i) => [featureNames?.[i], value] as const);
    const shown = cells.slice(0, MOST_NUMBERS).map(([name, cell]) => (name === undefined ? cellText(cell) : `${name} ${cellText(cell)}`));
    return { picture: null, text: `${shown.join(", ")}${cells.length > MOST_NUMBERS ? ", …" : ""}` };
  }

  /** A data URI of a PNG file, from the least number, black, to the greatest. */
  async #picture(values: readonly number[], [channels, height, width]: readonly number[]): Promise<string> {
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const bytes = new Uint8Array(values.length);
    const plane = height * width;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < channels; c++) bytes[i * channels + c] = Math.round((255 * (values[c * plane + i] - min)) / (max - min || 1));
    }
    const png = await encodePng(this.op, { width, height, channels, bytes });
    return `data:image/png;base64,${btoa(String.fromCharCode(...png))}`;
  }
}

function cellText(cell: unknown): string {
  if (typeof cell === "number") return String(Number(cell.toPrecision(4)));
  if (isMissing(cell)) return "?";
  return isDate(cell) ? cell.toISOString().slice(0, 10) : shortened(String(cell));
}
