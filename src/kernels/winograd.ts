import { FILTER_STRIP, PRODUCTS, TILE, WEIGHT_BLOCK } from "./generated/constants.js";

/** How many tiles cover outputs of oh × ow. */
export function winogradTiles(oh: number, ow: number): { down: number; across: number } {
  return { down: Math.ceil(oh / TILE), across: Math.ceil(ow / TILE) };
}

/**
 * The memory of transformed filters: elements from product to product, elements in all, and the range of `winogradFilters`. A product's
 * plane has an odd number of cache lines, so that the 36 that are written together do not compete for the same sets of a cache.
 */
export function winogradWords(channels: number, filters: number): { plane: number; words: number; units: number } {
  const units = Math.ceil(filters / FILTER_STRIP) * channels;
  const plane = (units * FILTER_STRIP) | 16;
  return { plane, words: PRODUCTS * plane, units };
}

/** The most calls that threads could share the gradient of the filters in, and the fewest tiles that pay for the sums of a part. */
const MOST_UNITS = 8;
const PART_TILES = 128;

/**
 * How `winogradWeight` cuts `rows` rows of `across` tiles into parts. The fewer blocks of channels and filters, the more parts: rows of a part, parts, elements from filter to filter of a part, elements of all parts, and the range.
 */
export function winogradParts(rows: number, across: number, channels: number, filters: number) {
  const blocks = Math.ceil(channels / WEIGHT_BLOCK) * Math.ceil(filters / WEIGHT_BLOCK);
  const wanted = Math.max(1, Math.min(Math.ceil(MOST_UNITS / blocks), Math.floor((rows * across) / PART_TILES)));
  const partRows = Math.ceil(rows / wanted);
  const count = rows === 0 ? 0 : Math.ceil(rows / partRows);
  const step = 8 * Math.ceil(channels / 8);
  return { partRows, count, step, words: count * 9 * filters * step, units: count * blocks };
}
