import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import type { Draws } from "./draws.js";
import type { Images } from "./images.js";

/** A change of images on their way to a model. Any object with these two is one. */
export interface Transform {
  readonly name: string;
  /** @param images may be changed in place @param draws where random numbers come from @returns the images, or others */
  apply(images: Images, draws: Draws): Images;
}

/**
 * Transforms one after the other, as one.
 * @param transforms in the order in which they are applied
 * @throws ArgumentError for anything but transforms
 * @example
 * const augment = compose(randomCrop({ size: 32, padding: 4 }), randomFlip());
 */
export function compose(...transforms: Transform[]): Transform {
  checkTransforms("compose", transforms);
  return {
    name: "compose",
    apply: (images, draws) => transforms.reduce((now, transform, i) => transform.apply(now, draws.part(`${i} ${transform.name}`)), images),
  };
}

function isTransform(value: object | null): value is Transform {
  const { apply, name } = (value ?? {}) as Partial<Transform>;
  return typeof apply === "function" && typeof name === "string";
}

/** @throws ArgumentError */
export function checkTransforms(op: string, transforms: readonly unknown[]): asserts transforms is readonly Transform[] {
  for (const [i, transform] of transforms.entries()) {
    // A function that was not called has an `apply`, too.
    if (typeof transform === "object" && isTransform(transform)) continue;
    const mend = typeof transform === "function" ? "Call it, for example randomFlip()." : undefined;
    throw new ArgumentError(message(op, `transform ${i} is ${kindText(transform)}; expected a transform such as randomFlip()`, mend));
  }
}
