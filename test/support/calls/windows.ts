import { winogradParts, winogradTiles, winogradWords } from "../../../src/kernels/winograd.js";
import { type Maker, maybe } from "./draw.js";

/** Operands of the kernels whose windows slide: convolutions, Winograd's among them, and pooling. */

/** A convolution of up to three axes whose windows all fit. Which of the three operands is written, and the range, are the kernel's. */
export const convolution: Maker = (draw) => {
  const [groups, channels, filters, parts] = [draw.size(2), draw.size(4), draw.size(40), draw.size(4)];
  const n = parts + draw.size(4) - 1;
  const axis = () => {
    const [kernel, stride, dilation] = [draw.size(3), draw.size(2), draw.size(2)];
    const input = dilation * (kernel - 1) + draw.size(6);
    const pad = draw.size(3) - 1;
    return { kernel, stride, dilation, input, pad, output: Math.floor((input + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1 };
  };
  const [d, h, w] = [axis(), axis(), axis()];
  const volume = (of: "input" | "output" | "kernel") => d[of] * h[of] * w[of];
  const blocks = {
    x: draw.floats(n * groups * channels * volume("input")),
    weight: draw.floats(parts * groups * filters * channels * volume("kernel")),
    y: draw.floats(n * groups * filters * volume("output")),
    bias: maybe(draw, groups * Math.max(channels, filters)),
  };
  const extents = Object.fromEntries(
    Object.entries({ D: d, H: h, W: w }).flatMap(([name, { kernel, stride, dilation, input, pad, output }]) => {
      const low = name.toLowerCase();
      const sizes = { [low]: input, [`o${low}`]: output, [`k${low}`]: kernel };
      return Object.entries({ ...sizes, [`stride${name}`]: stride, [`pad${name}`]: pad, [`dilation${name}`]: dilation });
    }),
  );
  const args = {
    ...blocks,
    n,
    groups,
    channels,
    filters,
    parts,
    ...extents,
    beta: draw.next() < 0.5 ? 0 : 0.5,
    act: Math.round(draw.next()),
  };
  // The smallest of the three kernels' ranges.
  return { args, units: Math.min(n, parts * Math.ceil(filters / 16)) * groups };
};

/** A pooling of up to three axes. The range is that of the gradients, which is within that of the results. */
export const pooling: Maker = (draw) => {
  const planes = draw.size(6);
  const axis = () => {
    const [kernel, stride, input] = [draw.size(3), draw.size(3), 2 + draw.size(7)];
    const pad = Math.floor(draw.next() * (kernel / 2 + 0.5));
    return { input, kernel, stride, pad, output: Math.floor((input + 2 * pad - kernel) / stride) + 1 };
  };
  const [d, h, w] = [axis(), axis(), axis()];
  const [size, outSize] = [d.input * h.input * w.input, d.output * h.output * w.output];
  const extents = Object.fromEntries(
    Object.entries({ D: d, H: h, W: w }).flatMap(([name, { input, kernel, stride, pad, output }]) => {
      const low = name.toLowerCase();
      const sizes = { [low]: input, [`o${low}`]: output, [`k${low}`]: kernel };
      return Object.entries({ ...sizes, [`stride${name}`]: stride, [`pad${name}`]: pad, [`dilation${name}`]: 1 });
    }),
  );
  const blocks = { x: draw.floats(planes * size), y: draw.floats(planes * outSize), indices: draw.integers(planes * outSize, size) };
  return { args: { ...blocks, ...extents, adaptive: 0, divisor: 0, padded: Math.round(draw.next()), beta: 0 }, units: planes };
};

/** Filters of 3 × 3 taps, transformed. */
export const winogradFilters: Maker = (draw) => {
  const [filters, channels] = [draw.size(40), draw.size(20)];
  const { plane, words, units } = winogradWords(channels, filters);
  const blocks = { weight: draw.floats(9 * filters * channels), u: draw.floats(words) };
  return { args: { ...blocks, filters, channels, plane, turned: Math.round(draw.next()) }, units };
};

/** A convolution by tiles, with filters that are transformed already. */
export const winograd: Maker = (draw) => {
  const [n, filters, channels, h, w] = [draw.size(3), draw.size(40), draw.size(20), 2 + draw.size(10), 2 + draw.size(10)];
  const [padH, padW] = [draw.size(3) - 1, draw.size(3) - 1];
  const [oh, ow] = [h + 2 * padH - 2, w + 2 * padW - 2];
  const { plane, words } = winogradWords(channels, filters);
  const { down, across } = winogradTiles(oh, ow);
  const blocks = {
    x: draw.floats(n * channels * h * w),
    u: draw.floats(words),
    y: draw.floats(n * filters * oh * ow),
    bias: maybe(draw, filters),
  };
  const extents = { channels, filters, h, w, oh, ow, padH, padW, down, across, plane };
  return { args: { ...blocks, ...extents, beta: draw.next() < 0.5 ? 0 : 0.5, act: Math.round(draw.next()) }, units: n * down };
};

/** The gradient of filters of 3 × 3 taps, in parts, and the sum of the parts. */
export const winogradWeight: Maker = (draw) => {
  const [n, filters, channels, h, w] = [draw.size(3), draw.size(70), draw.size(70), 2 + draw.size(10), 2 + draw.size(10)];
  const [padH, padW] = [draw.size(3) - 1, draw.size(3) - 1];
  const [oh, ow] = [h + 2 * padH - 2, w + 2 * padW - 2];
  const { down, across } = winogradTiles(oh, ow);
  const { step, units } = winogradParts(n * down, across, channels, filters);
  const partRows = draw.size(n * down);
  const count = Math.ceil((n * down) / partRows);
  const blocks = {
    x: draw.floats(n * channels * h * w),
    y: draw.floats(n * filters * oh * ow),
    parts: draw.floats(count * 9 * filters * step),
  };
  const extents = { channels, filters, step, h, w, oh, ow, padH, padW, down, across, rows: n * down, partRows };
  return { args: { ...blocks, ...extents }, units: count * units };
};

export const winogradWeightSums: Maker = (draw) => {
  const [channels, filters, count] = [draw.size(20), draw.size(20), draw.size(5)];
  const step = 8 * Math.ceil(channels / 8);
  const blocks = { parts: draw.floats(count * 9 * filters * step), weight: draw.floats(9 * filters * channels) };
  return { args: { ...blocks, channels, filters, step, count, beta: draw.next() < 0.5 ? 0 : 0.5 }, units: filters };
};
