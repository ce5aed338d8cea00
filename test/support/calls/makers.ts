import { STRIP_WIDTH } from "../../../src/kernels/generated/constants.js";
import { chance, type Draw, elements, type Maker, MOST, maybe, reduction, rows, stream } from "./draw.js";
import { convolution, pooling, winograd, winogradFilters, winogradWeight, winogradWeightSums } from "./windows.js";

/** An optimizer's cell, numbers of its own part behind it. */
const cell = (draw: Draw) =>
  draw.doubles([0.1, 0.3, draw.next() < 0.5 ? 1.5 : Infinity, 0.1, 0, 3, 0.2, 1, 0.9, 0.99, 1e-8, 0.1, 0.5, 0.6]);

const indexed = (of: "select" | "add"): Maker => {
  return (draw) => {
    const [outer, axis, count, inner] = [draw.size(4), draw.size(20), draw.size(60), draw.size(20)];
    const index = draw.integers(count, axis);
    const [longX, longOut] = of === "select" ? [axis, count] : [count, axis];
    const blocks = { x: draw.floats(outer * longX * inner), out: draw.floats(outer * longOut * inner) };
    return { args: { ...blocks, index, axis, count, inner, size: 4 }, units: outer * (of === "select" ? count : axis) };
  };
};

const gathered = (of: "gather" | "scatter"): Maker => {
  return (draw) => {
    const [outer, axis, count, inner] = [draw.size(4), draw.size(20), draw.size(30), draw.size(20)];
    const index = draw.integers(outer * count * inner, axis);
    const [long, short] = [draw.floats(outer * axis * inner), draw.floats(outer * count * inner)];
    const blocks = of === "gather" ? { x: long, out: short } : { x: short, out: long };
    return { args: { ...blocks, index, axis, count, inner }, units: outer * (of === "gather" ? count : inner) };
  };
};

const labelled = (extra: (draw: Draw, n: number, units: number) => Record<string, number>): Maker =>
  rows(["logits"], "classes", (draw, n, units) => ({
    target: draw.integers(units, n),
    classWeight: draw.next() < 0.5 ? 0 : draw.floats(n),
    labelBytes: 4,
    ignoreIndex: -100,
    smoothing: draw.next() < 0.5 ? 0 : 0.1,
    ...extra(draw, n, units),
  }));

/** Broadcast operands [n0, n1, n2, n3] of which any axis may repeat. */
const broadcast = (names: string[]): Maker => {
  return (draw) => {
    const n = [draw.size(4), draw.size(4), draw.size(6), draw.size(60)];
    const units = n[0] * n[1] * n[2] * n[3];
    const args: Record<string, number> = { out: draw.floats(units), n1: n[1], n2: n[2], n3: n[3] };
    for (const name of names) {
      args[name] = draw.floats(units);
      let step = 1;
      for (const axis of [3, 2, 1, 0]) {
        const repeats = draw.next() < 0.3;
        args[`${name[0]}${axis}`] = repeats ? 0 : step;
        if (!repeats) step *= n[axis];
      }
    }
    return { args, units };
  };
};

const strided: Maker = (draw) => {
  const n = Array.from({ length: 6 }, (_, i) => draw.size(i < 4 ? 3 : 20));
  // The axes of the other side in another order, so that some moves are transposes.
  const order = [0, 1, 2, 3, 4, 5].map((axis) => [draw.next(), axis]).sort(([a], [b]) => a - b);
  const steps: number[] = [];
  let size = 1;
  for (const [, axis] of order) {
    steps[axis] = size;
    size *= n[axis];
  }
  const args: Record<string, number> = { x: draw.floats(size), out: draw.floats(size), size: 4 };
  for (let axis = 0; axis < 6; axis++) Object.assign(args, { [`n${axis}`]: n[axis], [`s${axis}`]: steps[axis] });
  return { args, units: size / n[5] };
};

const product: Maker = (draw) => {
  const [batch, m, n, k] = [draw.size(3), draw.size(70), draw.size(70), draw.size(90)];
  const [transA, transB] = [Math.round(draw.next()), Math.round(draw.next())];
  const operands = { a: draw.floats(batch * m * k), b: draw.floats(batch * k * n), c: draw.floats(batch * m * n) };
  const bias = draw.next() < 0.5 ? 0 : draw.floats(n);
  const layout = { lda: transA ? m : k, ldb: transB ? k : n, ldc: n, strideA: m * k, strideB: k * n, strideC: m * n, transA, transB };
  const scalars = { beta: draw.next() < 0.5 ? 0 : 0.5, act: Math.round(draw.next()) };
  return {
    args: { ...operands, bias, m, n, k, batch, ...layout, ...scalars },
    units: batch * (n >= m ? Math.ceil(n / 8) : Math.ceil(m / 4)),
  };
};

/** Between any two types: 4-byte elements are read as what they are said to be, of bytes only the first quarter. */
const conversion: Maker = (draw) => {
  const units = draw.size(MOST);
  const [source, target] = [0, 1].map(() => [0, 2, 3, 4][Math.floor(4 * draw.next())]);
  const x = source === 0 ? draw.floats(units) : draw.integers(units, 2 ** 31);
  return { args: { x, out: draw.floats(units), source, target }, units };
};

const chunks: Maker = (draw) => {
  const length = draw.size(60_000);
  const units = Math.ceil(length / 8192);
  return { args: { x: draw.floats(length), out: draw.doubles(new Array(units).fill(0)), length }, units };
};

/** Channels of [outer, channels, inner], with and without running statistics, weight and bias. */
const channelwise = (extra: (draw: Draw, n: number, channels: number) => Record<string, number>): Maker => {
  return (draw) => {
    const [outer, channels] = [1 + draw.size(30), draw.size(70)];
    const inner = draw.next() < 0.5 ? 1 : draw.size(40);
    const n = outer * channels * inner;
    const [x, saved, act] = [draw.floats(n), draw.floats(2 * channels), Math.round(draw.next())];
    return { args: { x, saved, weight: maybe(draw, channels), outer, channels, inner, act, ...extra(draw, n, channels) }, units: channels };
  };
};

/** Of one block of queries, so that both kernels have as many units. */
const attention: Maker = (draw) => {
  const [batch, heads, length, keys, dim, width] = [3, 4, 64, 200, 20, 20].map((most) => draw.size(most));
  const of = (rows: number, size: number): number => draw.floats(batch * heads * rows * size);
  const steps = (name: string, rows: number, size: number) => {
    return { [`${name}Batch`]: heads * rows * size, [`${name}Head`]: size, [`${name}Row`]: heads * size };
  };
  const blocks = { q: of(length, dim), k: of(keys, dim), v: of(keys, width), out: of(length, width), g: of(length, width) };
  const gradients = { dq: of(length, dim), dk: of(keys, dim), dv: of(keys, width) };
  const added = { mask: draw.floats(length * keys), padding: draw.floats(batch * keys), logSums: draw.floats(batch * heads * length) };
  const far = { ...steps("q", length, dim), ...steps("k", keys, dim), ...steps("v", keys, width), ...steps("out", length, width) };
  const dropped = draw.next() < 0.5 ? chance(draw) : { ...stream(draw), p: 0 };
  const extents = { batch, heads, length, keys, dim, width, maskBatch: 0, maskHead: 0, maskRow: keys };
  const way = { causal: Math.round(draw.next()), past: draw.size(5), scale: 0.3 };
  return { args: { ...blocks, ...gradients, ...added, ...far, ...dropped, ...extents, ...way }, units: batch * heads };
};

/** A call for every record of a kernel that threads share. */
export const MAKERS: Record<string, Maker> = {
  MapArgs: elements(["x", "out"]),
  AttendArgs: attention,
  ConvArgs: convolution,
  ConvBiasArgs: (draw) => {
    const [n, channels, size] = [draw.size(9), draw.size(30), draw.size(200)];
    return { args: { y: draw.floats(n * channels * size), out: draw.floats(channels), n, channels, size, beta: 0.5 }, units: channels };
  },
  PoolArgs: pooling,
  UnpoolArgs: (draw) => {
    const [units, n, size] = [draw.size(20), draw.size(40), draw.size(60)];
    return { args: { x: draw.floats(units * n), indices: draw.integers(units * n, size), out: draw.floats(units * size), n, size }, units };
  },
  FractionalArgs: (draw) => {
    const [units, kernel] = [draw.size(8), draw.size(3)];
    const [od, oh, ow] = [draw.size(3), draw.size(4), draw.size(5)];
    const [d, h, w] = [od, oh, ow].map((outputs) => outputs + kernel - 1 + draw.size(4));
    return {
      args: {
        ...{ x: draw.floats(units * d * h * w), samples: draw.uniforms(3 * units), indices: draw.integers(units * od * oh * ow, 1) },
        ...{ d, h, w, od, oh, ow, kd: kernel, kh: kernel, kw: kernel, axes: 3 },
      },
      units,
    };
  },
  WinogradArgs: winograd,
  WinogradFiltersArgs: winogradFilters,
  WinogradWeightArgs: winogradWeight,
  WinogradWeightSumsArgs: winogradWeightSums,
  GradientArgs: elements(["g", "saved", "out"]),
  LeakyReluArgs: elements(["x", "out"], () => ({ slope: 0.1 })),
  LeakyReluGradArgs: elements(["g", "saved", "out"], () => ({ slope: 0.1 })),
  EluArgs: elements(["x", "out"], () => ({ alpha: 1 })),
  EluGradArgs: elements(["g", "saved", "out"], () => ({ alpha: 1 })),
  CastArgs: conversion,
  WholeNumbersArgs: elements(["out"], (draw) => ({ x: draw.whole(MOST) })),
  FiniteArgs: (draw) => {
    const units = draw.size(MOST);
    return { args: { x: draw.perhapsFinite(units) }, units };
  },
  AddScaledArgs: elements(["x", "out"], () => ({ scale: 0.7 })),
  FillArgs: elements(["out"], () => ({ value: 0.7 })),
  ClampArgs: elements(["x", "out"], () => ({ min: 1, max: 2 })),
  ClampGradArgs: elements(["g", "saved", "out"], () => ({ min: 1, max: 2 })),
  // Of the values from 0.1 to 3.1 some lie outside.
  WithinArgs: elements(["x"], () => ({ min: 0, max: 3.09 })),
  ScaleByArgs: elements(["x"], (draw) => ({ factor: draw.doubles([0.3]) })),
  LossArgs: elements(["x", "y", "out"]),
  LossChunksArgs: (draw) => {
    const { args, units } = chunks(draw);
    return { args: { ...args, y: draw.floats(args.length) }, units };
  },
  LossGradArgs: elements(["x", "y", "g", "out"], (draw) => ({ scale: 0.3, gPerElement: Math.round(draw.next()) })),
  BinaryArgs: broadcast(["a", "b"]),
  WhereArgs: broadcast(["condition", "a", "b"]),
  SumSquaresArgs: chunks,
  SumChunksArgs: chunks,
  OneHotArgs: rows(["out"], "classes", (draw, n, units) => ({ index: draw.integers(units, n) })),
  TriangleArgs: (draw) => {
    const [batch, height, cols] = [draw.size(4), draw.size(20), draw.size(20)];
    const [x, out] = [draw.floats(batch * height * cols), draw.floats(batch * height * cols)];
    return { args: { x, out, rows: height, cols, diagonal: draw.size(5) - 3 }, units: batch * height };
  },
  CrossEntropyArgs: labelled((draw, _, units) => ({
    loss: draw.floats(units),
    weight: draw.floats(units),
    saved: draw.floats(3 * units),
  })),
  LabelWeightsArgs: labelled((draw, _, units) => ({ out: draw.floats(units) })),
  CrossEntropyGradArgs: labelled((draw, n, units) => ({
    saved: draw.floats(3 * units),
    g: draw.floats(units),
    totalWeight: draw.floats(1),
    out: draw.floats(n * units),
    gradPerRow: 1,
  })),
  ReduceArgs: reduction(),
  SumArgs: reduction(() => ({ divisor: 3, beta: 0.5 })),
  VarianceArgs: reduction((draw, units) => ({ mean: draw.floats(units), correction: 0 })),
  NormArgs: reduction((draw) => ({ p: [1, 2, 3, Infinity][Math.floor(draw.next() * 4)] })),
  CumsumArgs: (draw) => {
    const [outer, reduced, inner] = [draw.size(20), draw.size(30), draw.size(20)];
    const [x, out] = [draw.floats(outer * reduced * inner), draw.floats(outer * reduced * inner)];
    return { args: { x, out, reduced, inner, reverse: Math.round(draw.next()) }, units: outer * inner };
  },
  LinearScanArgs: (draw) => {
    const [outer, reduced, inner] = [draw.size(20), draw.size(30), draw.size(20)];
    const [x, out] = [draw.floats(outer * reduced * inner), draw.floats(outer * reduced * inner)];
    return {
      args: { x, b: maybe(draw, outer * reduced * inner), out, reduced, inner, reverse: Math.round(draw.next()) },
      units: outer * inner,
    };
  },
  RunningArgs: (draw) => {
    const [outer, reduced, inner] = [draw.size(20), draw.size(30), draw.size(20)];
    const [x, out] = [draw.floats(outer * reduced * inner), draw.floats(outer * reduced * inner)];
    return { args: { x, out, reduced, inner }, units: outer * inner };
  },
  GemmArgs: product,
  IndexSelectArgs: indexed("select"),
  IndexAddArgs: indexed("add"),
  GatherArgs: gathered("gather"),
  ScatterAddArgs: gathered("scatter"),
  StridedArgs: strided,
  UpdateArgs: elements(["p", "g", "state1", "state2", "state3"], (draw) => ({ cell: cell(draw) })),
  BitsArgs: elements(["out"], stream),
  UniformArgs: elements(["out"], (draw) => ({ ...stream(draw), low: 1, high: 2 })),
  NormalArgs: elements(["out"], (draw) => ({ ...stream(draw), mean: 1, std: 2 })),
  RandintArgs: elements(["out"], (draw) => ({ ...stream(draw), low: -5, high: 100 })),
  DropoutArgs: elements(["x", "out"], chance),
  BatchNormArgs: channelwise((draw, n, channels) => ({
    bias: maybe(draw, channels),
    out: draw.floats(n),
    runningMean: draw.floats(channels),
    runningVar: draw.floats(channels),
    count: draw.integers(1, 1),
    epsilon: 1e-5,
    momentum: 0.1,
  })),
  BatchNormGradArgs: channelwise((draw, n, channels) => ({
    g: draw.floats(n),
    y: draw.floats(n),
    out: maybe(draw, n),
    weightGrad: maybe(draw, channels),
    biasGrad: maybe(draw, channels),
    training: Math.round(draw.next()),
    weightBeta: 1,
    biasBeta: 0,
  })),
  LayerNormArgs: rows(["x", "out"], "columns", (draw, n, units) => ({
    weight: maybe(draw, n),
    bias: maybe(draw, n),
    saved: draw.floats(2 * units),
    epsilon: 1e-5,
    centered: Math.round(draw.next()),
  })),
  LayerNormGradArgs: rows(["g", "x", "out"], "columns", (draw, n, units) => ({
    weight: maybe(draw, n),
    saved: draw.floats(2 * units),
    centered: Math.round(draw.next()),
  })),
  LayerNormSumsArgs: (draw) => {
    const [height, columns] = [draw.size(60), draw.size(60)];
    const operands = { g: draw.floats(height * columns), x: draw.floats(height * columns), saved: draw.floats(2 * height) };
    const gradients = { weightGrad: maybe(draw, columns), biasGrad: maybe(draw, columns), weightBeta: 1, biasBeta: 0 };
    return { args: { ...operands, ...gradients, rows: height, columns }, units: columns };
  },
  ResampleArgs: (draw) => {
    const [outer, extent, count, inner] = [draw.size(5), draw.size(20), draw.size(20), draw.next() < 0.5 ? 1 : draw.size(30)];
    const starts = [0];
    for (let i = 0; i < count; i++) starts.push(starts[i] + draw.size(4) - 1);
    const entries = starts[count] + 1;
    const matrix = { starts: draw.counts(starts), indices: draw.integers(entries, extent), weights: draw.floats(entries) };
    const blocks = { x: draw.floats(outer * extent * inner), out: draw.floats(outer * count * inner) };
    return { args: { ...blocks, ...matrix, extent, count, inner, taps: 2 }, units: outer * count };
  },
  PackWeightsArgs: (draw) => {
    const [k, n, transposed] = [draw.size(40), draw.size(70), Math.round(draw.next())];
    const units = Math.ceil(n / STRIP_WIDTH);
    const places = { weight: draw.floats(k * n), out: draw.floats(units * STRIP_WIDTH * k) };
    return { args: { ...places, k, n, ld: transposed ? k : n, transposed }, units };
  },
  SequenceArgs: (draw) => {
    const { sizes, common } = sequence(draw);
    const { steps, batch, hidden } = sizes;
    const [all, state] = [steps * batch * hidden, batch * hidden];
    const results = { wide: maybe(draw, all), out: draw.floats(all), hLast: draw.floats(state), cLast: draw.floats(state) };
    return { args: { ...common, ...results, bias: maybe(draw, 4 * hidden) }, units: batch };
  },
  SequenceGradArgs: (draw) => {
    const { sizes, common } = sequence(draw);
    const { steps, batch, hidden } = sizes;
    const [all, state] = [steps * batch * hidden, batch * hidden];
    const results = { dGates: draw.floats(4 * all), dInner: draw.floats(all), dProjected: maybe(draw, all), dWide: draw.floats(state) };
    return { args: { ...common, ...results, g: draw.floats(all), dh: draw.floats(state), dc: draw.floats(state) }, units: batch };
  },
  SoftmaxArgs: rows(["x", "out"], "columns"),
  SoftmaxGradArgs: rows(["y", "g", "out"], "columns"),
  SortArgs: rows(["x", "values", "indices"], "n", (draw, n, units) => ({ scratch: draw.floats(2 * n * units), descending: 0 })),
  TopkArgs: rows(["x", "values", "indices"], "n", (draw, n) => ({ k: Math.min(n, draw.size(5)), largest: 1 })),
};

/** What the records of a recurrent run have in common; weights are packed as for any cell. */
function sequence(draw: Draw): { sizes: { steps: number; batch: number; hidden: number }; common: Record<string, number> } {
  const sizes = { steps: draw.size(4), batch: draw.size(30), hidden: draw.size(20) };
  const { steps, batch, hidden } = sizes;
  const [all, slots] = [steps * batch * hidden, (steps + 1) * batch * hidden];
  const packed = (blocks: number): number => draw.floats(Math.ceil((blocks * hidden) / STRIP_WIDTH) * STRIP_WIDTH * blocks * hidden);
  const places = { gates: draw.floats(4 * all), inner: draw.floats(all), h: draw.floats(slots), c: draw.floats(slots) };
  const weights = { weight: packed(4), second: packed(1), lengths: Math.round(draw.next()) && draw.integers(batch, steps + 1) };
  const flags = { reverse: Math.round(draw.next()), begins: Math.round(draw.next()), act: Math.round(draw.next()) };
  return { sizes, common: { ...places, ...weights, ...sizes, size: hidden, ...flags } };
}
