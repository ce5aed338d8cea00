import { PRODUCTS, STRIP, TILE } from "./generated/constants.js";

/** How many tiles cover outputs of oh × ow. */
export function winogradTiles(oh: number, ow: number): { down: number; across: number } {
  return { down: Math.ceil(oh / TILE), across: Math.ceil(ow / TILE) };
}

/**
 * The memory of transformed filters: elements from product to product, elements in all, and the range of `winogradFilters`. A product's
 * plane has an odd number of cache lines, so that the 36 that are written together do not compete for the same sets of a cache.
 */
export function winogradWords(channels: number, filters: number): { plane: number; words: number; units: number } {
  const units = Math.ceil(filters / STRIP) * channels;
  const plane = (units * STRIP) | 16;
  return { plane, words: PRODUCTS * plane, units };
}
