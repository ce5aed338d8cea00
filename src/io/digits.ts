import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag } from "../options/kinds.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Dataset, trainTestSplit } from "./dataset.js";
import { DIGITS } from "./digitsData.js";
import { gunzip } from "./gzip.js";

const SAMPLES = 1797;
const PIXELS = 64;

const LOAD_DIGITS = declare("loadDigits", {
  /** x as images [n, 1, 8, 8] instead of rows [n, 64]. Default false. */
  image: flag({ default: false, aka: ["images"] }),
});

/** Options of `loadDigits`. */
export interface DigitsOptions extends OptionsOf<typeof LOAD_DIGITS> {}

/**
 * The data set Digits: 1,797 images of handwritten digits, 8 × 8. It is part of the package, so that nothing is downloaded. The split
 * is always the same: 1,438 samples for training and 359 for testing, every class in proportion. Source: the test set of E. Alpaydin,
 * C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998, CC BY 4.0, as scikit-learn has it.
 *
 * Shape: x [n, 64] (or [n, 1, 8, 8]), float32, ink 0 … 16 divided by 16; y [n], int32, 0 … 9
 *
 * @param options.image x as images [n, 1, 8, 8]; default false
 * @example
 * const { train, test } = await loadDigits();
 */
export async function loadDigits(options?: DigitsOptions): Promise<Dataset> {
  checkArity(LOAD_DIGITS.op, arguments.length, 1);
  const { image } = LOAD_DIGITS.readOptions(options);
  const planes = await gunzip(
    "loadDigits",
    Uint8Array.from(atob(DIGITS), (character) => character.charCodeAt(0)),
    () => (PIXELS + 1) * SAMPLES,
  );
  const x = new Float32Array(SAMPLES * PIXELS);
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    for (let i = 0; i < SAMPLES; i++) x[i * PIXELS + pixel] = planes[pixel * SAMPLES + i] / 16;
  }
  const y = Int32Array.from(planes.subarray(PIXELS * SAMPLES));
  const shape = image ? [SAMPLES, 1, 8, 8] : [SAMPLES, PIXELS];
  const whole = {
    x: new Tensor(dataStorage("float32", x, "loadDigits"), Object.freeze(shape)),
    y: new Tensor(dataStorage("int32", y, "loadDigits"), Object.freeze([SAMPLES])),
  };
  const { train, test } = trainTestSplit(whole, { test: 0.2, stratify: true, seed: 0 });
  return { train, test, classNames: Object.freeze(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]) };
}
