import { describe, expect, test } from "vitest";
import { beta } from "../../src/data/beta.js";
import {
  compose,
  cutout,
  type Draws,
  type Images,
  mixup,
  normalize,
  randomCrop,
  randomFlip,
  randomRotation,
  type Transform,
} from "../../src/data.js";
import { ArgumentError, ShapeError } from "../../src/errors/errors.js";
import { tensor } from "../../src/tensor/creation.js";
import type { Tensor } from "../../src/tensor/tensor.js";

/** Draws that are given beforehand. */
function given(...calls: number[][]): Draws {
  return {
    uniform: (count) => {
      const numbers = calls.shift() ?? expect.fail("nothing more is drawn");
      expect(numbers.length).toBe(count);
      return Float32Array.from(numbers);
    },
    part: () => given(...calls),
  };
}

/** Images whose pixels are 1, 2, 3, … */
function counted(n: number, channels: number, height: number, width: number, y?: Tensor): Images {
  return { pixels: Float32Array.from({ length: n * channels * height * width }, (_, i) => i + 1), n, channels, height, width, y };
}

const apply = (transform: Transform, images: Images, ...draws: number[][]) => transform.apply(images, given(...draws));

describe("randomCrop", () => {
  test("takes the part that the numbers say, and no other place", () => {
    const crop = (u: number, v: number) => [...apply(randomCrop({ size: [2, 3] }), counted(1, 1, 3, 4), [u, v]).pixels];
    expect(crop(0, 0)).toEqual([1, 2, 3, 5, 6, 7]);
    expect(crop(0.49, 0.99)).toEqual([2, 3, 4, 6, 7, 8]);
    expect(crop(0.5, 0.5)).toEqual([6, 7, 8, 10, 11, 12]);
  });

  test("pads", () => {
    const { pixels, height, width } = apply(randomCrop({ size: 2, padding: 1, fill: -1 }), counted(2, 2, 2, 2), [0, 0, 0.99, 0.5]);
    expect([height, width]).toEqual([2, 2]);
    expect([...pixels]).toEqual([-1, -1, -1, 1, -1, -1, -1, 5, 11, 12, -1, -1, 15, 16, -1, -1]);
    const across = apply(randomCrop({ size: [1, 6], padding: [0, 2] }), counted(1, 1, 1, 2), [0, 0]);
    expect([...across.pixels]).toEqual([0, 0, 1, 2, 0, 0]);
    const above = apply(randomCrop({ size: [5, 1], padding: [2, 0] }), counted(1, 1, 1, 1), [0, 0]);
    expect([...above.pixels]).toEqual([0, 0, 1, 0, 0]);
  });

  test("wider than the image it lies on both sides of it, or beside it", () => {
    const beside = apply(randomCrop({ size: 1, padding: 3 }), counted(1, 1, 1, 1), [0.5, 0.99]);
    expect([...beside.pixels]).toEqual([0]);
    const at = apply(randomCrop({ size: [1, 2], padding: 3 }), counted(1, 1, 1, 1), [0.5, 0]);
    expect([...at.pixels]).toEqual([0, 0]);
  });

  test("refuses small images", () => {
    expect(() => apply(randomCrop({ size: 5, padding: [0, 2] }), counted(1, 1, 4, 4))).toThrow(
      new ShapeError("randomCrop: the images are 4 × 8 with their padding; expected at least 5 × 5. Raise padding."),
    );
    expect(() => randomCrop({ size: 0 })).toThrow(
      new ArgumentError("randomCrop: size is 0; expected a whole number ≥ 1, or two of them: [height, width]."),
    );
  });
});

describe("randomFlip", () => {
  test("mirrors rows, of the images that the numbers say", () => {
    const { pixels } = apply(randomFlip(), counted(3, 1, 2, 3), [0.5, 0.49, 0.99]);
    expect([...pixels]).toEqual([1, 2, 3, 4, 5, 6, 9, 8, 7, 12, 11, 10, 13, 14, 15, 16, 17, 18]);
  });

  test("mirrors columns", () => {
    const { pixels } = apply(randomFlip({ direction: "vertical", p: 1 }), counted(1, 2, 3, 2), [0.9]);
    expect([...pixels]).toEqual([5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
    expect([...apply(randomFlip({ p: 0 }), counted(1, 1, 1, 3), [0]).pixels]).toEqual([1, 2, 3]);
  });
});

describe("randomRotation", () => {
  test("is counterclockwise and bilinear, as PyTorch samples", () => {
    // torch.nn.functional.grid_sample of the same matrix, zeros outside, in float64.
    const { pixels } = apply(randomRotation({ degrees: 60 }), counted(1, 1, 3, 4), [0.75]);
    const wanted = [0.6531, 2.2692, 4.9689, 5.2824, 2.201, 5.067, 7.933, 10.799, 3.8301, 8.0311, 9.2225, 4.3385];
    for (const [i, value] of wanted.entries()) expect(pixels[i]).toBeCloseTo(value, 4);
  });

  test("by a quarter moves the right edge up, exactly", () => {
    const image = counted(1, 1, 3, 3);
    expect([...apply(randomRotation({ degrees: 180 }), image, [0.75]).pixels]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7]);
    expect([...apply(randomRotation({ degrees: 180 }), image, [0]).pixels]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect([...apply(randomRotation({ degrees: 90 }), image, [0.5]).pixels]).toEqual([...image.pixels]);
  });

  test("fills what comes from outside", () => {
    const { pixels } = apply(randomRotation({ degrees: 90, fill: 7 }), counted(1, 1, 1, 3), [0]);
    expect([...pixels]).toEqual([7, 2, 7]);
  });
});

describe("cutout", () => {
  test("covers a square about the centre in all channels", () => {
    const { pixels } = apply(cutout({ size: 2 }), counted(1, 2, 3, 3), [0.5, 0.5]);
    expect([...pixels]).toEqual([0, 0, 3, 0, 0, 6, 7, 8, 9, 0, 0, 12, 0, 0, 15, 16, 17, 18]);
  });

  test("a square may reach over the edges; each image has its own", () => {
    const { pixels } = apply(cutout({ size: 3, fill: 9 }), counted(2, 1, 2, 4), [0, 0, 0.99, 0.99]);
    expect([...pixels]).toEqual([9, 9, 3, 4, 9, 9, 7, 8, 9, 10, 9, 9, 13, 14, 9, 9]);
    const two = apply(cutout({ size: 1, holes: 2 }), counted(1, 1, 2, 2), [0, 0, 0.5, 0.5]);
    expect([...two.pixels]).toEqual([0, 2, 3, 0]);
  });
});

describe("normalize", () => {
  test("scales channels, or all alike", () => {
    expect([...apply(normalize([1, 2], [2, 4]), counted(1, 2, 1, 2)).pixels]).toEqual([0, 0.5, 0.25, 0.5]);
    expect([...apply(normalize(1, 0.5), counted(1, 2, 1, 2)).pixels]).toEqual([0, 2, 4, 6]);
  });

  test("refuses what does not fit", () => {
    expect(() => apply(normalize([1, 2, 3], 1), counted(1, 2, 1, 2))).toThrow(
      new ShapeError("normalize: mean has 3 numbers; expected one for each channel, 2, or a single number."),
    );
    expect(() => normalize(0, [1, 0])).toThrow(/^normalize: std is \[1, 0\]; expected a number > 0, or one for each channel/);
    expect(() => normalize([], 1)).toThrow(ArgumentError);
    expect(() => normalize(Number.NaN, 1)).toThrow(ArgumentError);
  });
});

describe("mixup", () => {
  /** For α = 1 the share is u / (u + v), where u + v is at most 1. */
  const share = (u: number, v: number) => [u, v, ...new Array(14).fill(0)];

  test("mixes images and labels by one share", () => {
    const images = counted(2, 1, 1, 2, tensor([2, 0], { dtype: "int32" }));
    const { pixels, y } = apply(mixup({ alpha: 1, classes: 3 }), images, share(0.375, 0.125), [0, 0]);
    // The second image is swapped with the first: 0.75 · own + 0.25 · other.
    const close = (found: ArrayLike<number>, wanted: number[]) => {
      expect(found.length).toBe(wanted.length);
      for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 6);
    };
    close(pixels, [1.5, 2.5, 2.5, 3.5]);
    expect((y as Tensor).shape).toEqual([2, 3]);
    close((y as Tensor).view(), [0.25, 0, 0.75, 0.75, 0, 0.25]);
  });

  test("mixes soft targets as they are, and leaves the given ones alone", () => {
    const target = tensor([[1], [3]]);
    const { y } = apply(mixup({ alpha: 1 }), counted(2, 1, 1, 1, target), share(0.25, 0.25), [0, 0]);
    expect((y as Tensor).toArray()).toEqual([[2], [2]]);
    expect(target.toArray()).toEqual([[1], [3]]);
  });

  test("refuses data without targets, labels without classes, and labels outside of them", () => {
    expect(() => apply(mixup(), counted(1, 1, 1, 1))).toThrow("mixup: the data have no y; expected { x, y }, which are mixed both.");
    const labelled = counted(2, 1, 1, 1, tensor([0, 3], { dtype: "int32" }));
    expect(() => apply(mixup({ alpha: 1 }), labelled, share(0.5, 0.5), [0, 0])).toThrow(/Write mixup\(\{ classes: 10 \}\)\.$/);
    expect(() => apply(mixup({ alpha: 1, classes: 3 }), labelled, share(0.5, 0.5), [0, 0])).toThrow(
      "mixup: label 3 at position 1 is outside 0 … 2.",
    );
  });
});

describe("the distribution Beta(α, α)", () => {
  /** Numbers without pattern, by a linear congruence (Numerical Recipes). */
  function uniform(): () => number {
    let state = 1;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 0.5) / 4294967296;
    };
  }

  test.each([0.1, 0.2, 1, 1.5, 4])("α = %f: mean, variance and fourth moment", (alpha) => {
    const next = uniform();
    const n = 40_000;
    const centred = Array.from({ length: n }, () => beta(alpha, next) - 0.5);
    const moment = (k: number) => centred.reduce((sum, x) => sum + x ** k, 0) / n;
    const variance = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(variance / n));
    expect(moment(2) / variance).toBeCloseTo(1, 1.5);
    const kurtosis = (3 * (2 * alpha + 1)) / (2 * alpha + 3);
    expect(moment(4) / variance ** 2).toBeCloseTo(kurtosis, 1);
  });
});

test("compose gives every part draws of its own", () => {
  const names: string[] = [];
  const draws = (name: string): Draws => ({
    uniform: (count) => {
      names.push(name);
      return new Float32Array(count);
    },
    part: (inner) => draws(`${name}/${inner}`),
  });
  compose(randomFlip(), compose(randomFlip({ direction: "vertical" })), randomFlip()).apply(counted(1, 1, 2, 2), draws(""));
  expect(names).toEqual(["/0 randomFlip", "/1 compose/0 randomFlip", "/2 randomFlip"]);
  expect(() => compose(randomFlip as never)).toThrow(
    "compose: transform 0 is a function; expected a transform such as randomFlip(). Call it, for example randomFlip().",
  );
});
