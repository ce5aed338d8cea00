import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readKernels } from "../../../scripts/records.mjs";
import { Replay } from "../../../src/capture/replay.js";
import { StepRecorder } from "../../../src/capture/stepRecorder.js";
import { Adam, crossEntropy, Dense, Dropout, manualSeed, Sequential, tensor } from "../../../src/index.js";
import { STRIP_WIDTH, Status } from "../../../src/kernels/generated/constants.js";
import * as generated from "../../../src/kernels/generated.js";
import { observe } from "../../../src/kernels/observer.js";
import { partsOfWorkers } from "../../../src/kernels/threads/forkJoin.js";
import { shareFrom } from "../../../src/kernels/threads/policy.js";
import { setThreads } from "../../../src/kernels/threads/workers.js";
import { winogradParts, winogradTiles, winogradWords } from "../../../src/kernels/winograd.js";
import { release } from "../../../src/memory/heap.js";
import { STATUS_AT, views } from "../../../src/memory/memory.js";
import type { DType } from "../../../src/memory/views.js";
import { Block, random, useBuildFor } from "../../support/kernels.js";
import { root } from "../../support/repository.js";

const COUNTS = [2, 3, 4, 8];
const ALONE = 1e18;

/** A call of a kernel: its record without what `blocks` gives, and its range. */
interface Call {
  args: Record<string, number>;
  units: number;
  blocks: Block[];
}

type Kernel = (args: Record<string, number>, from: number, to: number) => void;

/** Makes the operands of a call, all positive: which NaN comes out is not part of the promise. */
class Draw {
  readonly blocks: Block[] = [];
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed);
  }

  size(most: number): number {
    return 1 + Math.floor(this.next() * most);
  }

  floats(n: number): number {
    const values = new Float32Array(n);
    for (let i = 0; i < n; i++) values[i] = 0.1 + 3 * this.next();
    return this.keep(values);
  }

  /** Numbers of which one may be NaN: of several, threads may each report one. */
  perhapsFinite(n: number): number {
    const values = Float32Array.from({ length: n }, () => this.next());
    if (this.next() < 0.5) values[Math.floor(this.next() * n)] = Number.NaN;
    return this.keep(values);
  }

  integers(n: number, bound: number): number {
    return this.keep(
      Array.from({ length: n }, () => Math.floor(this.next() * bound)),
      "int32",
    );
  }

  whole(n: number): number {
    return this.keep(Float32Array.from({ length: n }, () => Math.floor(1000 * this.next())));
  }

  counts(values: number[]): number {
    return this.keep(values, "int32");
  }

  uniforms(n: number): number {
    return this.keep(Float32Array.from({ length: n }, () => 0.999 * this.next()));
  }

  doubles(values: number[]): number {
    return this.keep(values, "float64");
  }

  private keep(values: ArrayLike<number>, dtype?: DType): number {
    const block = Block.of(values, dtype);
    this.blocks.push(block);
    return block.at;
  }
}

type Maker = (draw: Draw) => { args: Record<string, number>; units: number };

const MOST = 3000;

/** x, out and others of one length. */
function elements(names: string[], extra: (draw: Draw) => Record<string, number> = () => ({})): Maker {
  return (draw) => {
    const units = draw.size(MOST);
    return { args: { ...Object.fromEntries(names.map((name) => [name, draw.floats(units)])), ...extra(draw) }, units };
  };
}

/** [outer, reduced, inner] → [outer, inner]. */
function reduction(extra: (draw: Draw, units: number) => Record<string, number> = () => ({})): Maker {
  return (draw) => {
    const [outer, reduced] = [draw.size(40), draw.size(40)];
    const inner = draw.next() < 0.5 ? 1 : draw.size(40);
    const units = outer * inner;
    return { args: { x: draw.floats(outer * reduced * inner), out: draw.floats(units), reduced, inner, ...extra(draw, units) }, units };
  };
}

function rows(names: string[], width: string, extra: (draw: Draw, n: number, units: number) => Record<string, number> = () => ({})): Maker {
  return (draw) => {
    const [units, n] = [draw.size(60), draw.size(60)];
    const operands = Object.fromEntries(names.map((name) => [name, draw.floats(units * n)]));
    return { args: { ...operands, [width]: n, ...extra(draw, n, units) }, units };
  };
}

const stream = (draw: Draw) => ({ counter: draw.doubles([0]), key0: 5, key1: 7 });
const chance = (draw: Draw) => ({ ...stream(draw), p: draw.doubles([0.4]) });
/** An optimizer's cell, numbers of its own part behind it. */
const cell = (draw: Draw) => draw.doubles([0.1, 0.3, draw.next() < 0.5 ? 1.5 : Infinity, 0.1, 0, 3, 0.2, 1, 0.9, 0.99, 1e-8, 0.1]);

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

const maybe = (draw: Draw, n: number): number => (draw.next() < 0.3 ? 0 : draw.floats(n));

/** A convolution of up to three axes whose windows all fit. Which of the three operands is written, and the range, are the kernel's. */
const convolution: Maker = (draw) => {
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
const pooling: Maker = (draw) => {
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
const winogradFilters: Maker = (draw) => {
  const [filters, channels] = [draw.size(40), draw.size(20)];
  const { plane, words, units } = winogradWords(channels, filters);
  const blocks = { weight: draw.floats(9 * filters * channels), u: draw.floats(words) };
  return { args: { ...blocks, filters, channels, plane, turned: Math.round(draw.next()) }, units };
};

/** A convolution by tiles, with filters that are transformed already. */
const winograd: Maker = (draw) => {
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
const winogradWeight: Maker = (draw) => {
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

const winogradWeightSums: Maker = (draw) => {
  const [channels, filters, count] = [draw.size(20), draw.size(20), draw.size(5)];
  const step = 8 * Math.ceil(channels / 8);
  const blocks = { parts: draw.floats(count * 9 * filters * step), weight: draw.floats(9 * filters * channels) };
  return { args: { ...blocks, channels, filters, step, count, beta: draw.next() < 0.5 ? 0 : 0.5 }, units: filters };
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
const MAKERS: Record<string, Maker> = {
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

const shared = readKernels(join(root, "assembly")).kernels.filter(({ cost }) => cost !== undefined);

function prepare(record: string, seed: number): Call {
  const draw = new Draw(seed);
  return { ...MAKERS[record](draw), blocks: draw.blocks };
}

/** What a way of running the call leaves in all its blocks, which are then as before, and the fault that it reports. */
function outcome({ blocks }: Call, run: () => void): Uint8Array[] {
  const bytes = (block: Block) => views.u8.subarray(block.at, block.at + block.length * block.view().BYTES_PER_ELEMENT);
  const before = blocks.map((block) => bytes(block).slice());
  const status = views.u8.subarray(STATUS_AT, STATUS_AT + 8).fill(0);
  run();
  const after = [...blocks.map((block) => bytes(block).slice()), status.slice()];
  for (const block of blocks) block.read();
  for (const [i, block] of blocks.entries()) bytes(block).set(before[i]);
  return after;
}

/** The call as a captured step of its own. */
function captured({ blocks }: Call, run: () => void): Replay {
  const recorder = new StepRecorder(true, null);
  for (const block of blocks) recorder.fix(block.at, block.length * block.view().BYTES_PER_ELEMENT);
  const before = observe(recorder);
  run();
  observe(before);
  recorder.resolve(() => false);
  expect(recorder.refusal).toBe(null);
  return new Replay(recorder.calls, new Set());
}

function same(a: Uint8Array[], b: Uint8Array[]): boolean {
  return a.every((bytes, i) => Buffer.compare(bytes, b[i]) === 0);
}

/** Cuts 0..units at random places, and shuffles the pieces. */
function pieces(units: number, seed: number): [from: number, to: number][] {
  const next = random(seed);
  const cuts = [0, ...Array.from({ length: 5 }, () => Math.floor(next() * (units + 1))), units].sort((a, b) => a - b);
  return cuts
    .slice(1)
    .map((to, i): [number, number] => [cuts[i], to])
    .map((piece): [number, [number, number]] => [next(), piece])
    .sort(([a], [b]) => a - b)
    .map(([, piece]) => piece);
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const RUNS = { numRuns: 20, seed: 20 } as const;

/** Expects of a kernel that is shared what it gives on one thread. */
function expectBitsOfOne(name: string, record: string, numRuns: number, together: (call: Call, kernel: Kernel) => Uint8Array[]): void {
  const kernel = generated[name as keyof typeof generated] as unknown as Kernel;
  fc.assert(
    fc.property(seeds, (seed) => {
      const call = prepare(record, seed);
      shareFrom(ALONE);
      const alone = outcome(call, () => kernel(call.args, 0, call.units));
      shareFrom(0);
      expect(same(together(call, kernel), alone)).toBe(true);
      for (const block of call.blocks) block.free();
    }),
    { ...RUNS, numRuns },
  );
}

afterEach(() => shareFrom());
afterAll(() => setThreads(1));

test("every kernel that threads share is tried here", () => {
  expect(shared.length).toBeGreaterThan(90);
  expect([...new Set(shared.map(({ record }) => record))].filter((record) => !(record in MAKERS))).toEqual([]);
});

describe.each(["simd", "relaxed"] as const)("the %s build", (build) => {
  useBuildFor(build);

  test.each(shared)("$name gives the same bits for any cut of its range, in any order", ({ name, record }) => {
    const kernel = generated[name as keyof typeof generated] as unknown as Kernel;
    shareFrom(ALONE);
    fc.assert(
      fc.property(seeds, (seed) => {
        const call = prepare(record, seed);
        const whole = outcome(call, () => kernel(call.args, 0, call.units));
        const cut = outcome(call, () => {
          for (const [from, to] of pieces(call.units, seed + 1)) kernel(call.args, from, to);
        });
        expect(same(cut, whole)).toBe(true);
        for (const block of call.blocks) block.free();
      }),
      RUNS,
    );
  });

  describe.each(COUNTS)("on %i threads", (count) => {
    beforeAll(async () => {
      expect(await setThreads(count)).toBe(count);
    });

    test.each(shared)("$name gives the bits of one", ({ name, record }) => {
      expectBitsOfOne(name, record, RUNS.numRuns, (call, kernel) => outcome(call, () => kernel(call.args, 0, call.units)));
    });

    test.each(shared)("$name in a captured step gives the bits of the call", ({ name, record }) => {
      expectBitsOfOne(name, record, 5, (call, kernel) => {
        const replay = captured(call, () => kernel(call.args, 0, call.units));
        const bytes = outcome(call, () => replay.run());
        for (const block of replay.blocks) release(block.at, block.bytes);
        return bytes;
      });
    });

    test("workers take parts", () => {
      const n = 65536;
      const [x, out] = [new Block(n), new Block(n)];
      const before = partsOfWorkers();
      // Until the system lets one of them run.
      for (let i = 0; i < 50_000 && partsOfWorkers() === before; i++) generated.sigmoid({ x: x.at, out: out.at }, 0, n);
      expect(partsOfWorkers()).toBeGreaterThan(before);
    });

    test("of several faults the first is reported", () => {
      const index = new Block(4000, "int32");
      index.view().fill(1);
      index.view()[700] = 9;
      index.view()[3900] = 9;
      const out = new Block(4000 * 4);
      shareFrom(0);
      // A kernel tried before may have found its random operands wanting.
      views.u32[STATUS_AT >>> 2] = Status.Ok;
      for (let i = 0; i < 50; i++) {
        generated.oneHot({ index: index.at, out: out.at, classes: 4 }, 0, 4000);
        const status = views.u32.slice(STATUS_AT >>> 2, (STATUS_AT >>> 2) + 2);
        views.u32[STATUS_AT >>> 2] = Status.Ok;
        expect([...status]).toEqual([Status.IndexOutOfRange, 700]);
      }
    });
  });
});

test("training gives the same parameters on any number of threads", async () => {
  const trained: Float32Array[][] = [];
  for (const count of [1, 2, 3, 4, 8]) {
    await setThreads(count);
    shareFrom(0);
    trained.push(train());
  }
  expect(trained[0].length).toBe(4);
  for (const parameters of trained) expect(parameters).toEqual(trained[0]);
});

/** Twenty steps of a multilayer perceptron with dropout under Adam. */
function train(): Float32Array[] {
  manualSeed(3);
  const model = new Sequential([new Dense(33, { activation: "relu" }), new Dropout(0.3), new Dense(5)]);
  const next = random(9);
  const x = tensor(Array.from({ length: 50 }, () => Array.from({ length: 17 }, () => next() - 0.5)));
  const y = tensor(
    Array.from({ length: 50 }, () => Math.floor(5 * next())),
    { dtype: "int32" },
  );
  model.forward(x);
  const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
  for (let step = 0; step < 20; step++) {
    crossEntropy(model.forward(x), y).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  return model.parameters().map((parameter) => Float32Array.from(parameter.data as Float32Array));
}
