import { describe, expect, test } from "vitest";
import { GaussianMixture, LinearDiscriminantAnalysis } from "../../src/classic.js";
import {
  Conv2d,
  Dense,
  Flatten,
  Linear,
  Module,
  manualSeed,
  mse,
  ones,
  randn,
  Sequential,
  Sigmoid,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { decodePng } from "../../src/io/image/png.js";
import { readChunks } from "../../src/io/image/pngChunks.js";
import { frames } from "../../src/plot/animation.js";
import { axes, ticks } from "../../src/plot/axes.js";
import { domainOf, gridOf, mistakes } from "../../src/plot/decision/boundary.js";
import { likeliest, margins, probabilitiesOf } from "../../src/plot/decision/classes.js";
import { componentsOf } from "../../src/plot/figures/gmm.js";
import { overlapOf } from "../../src/plot/figures/lda.js";
import { densityOf } from "../../src/plot/figures/weightHistograms.js";
import { stepsOf } from "../../src/plot/figures/whitening.js";
import { firstFilters, pixelsOf } from "../../src/plot/network/filterImages.js";
import { layerOutputs } from "../../src/plot/network/layerOutputs.js";
import { warp } from "../../src/plot/network/warp.js";
import { type Outline, outlines } from "../../src/plot/outlines/marchingSquares.js";
import { simplified } from "../../src/plot/outlines/simplify.js";
import { png } from "../../src/plot/pixels.js";
import { ellipse, spreadOfPlaces, squareAround } from "../../src/plot/points/ellipse.js";
import { bars, clouds, moons, rings, spirals, xor } from "../../src/plot/points/sets.js";
import {
  BoundaryRecorder,
  decisionBoundary,
  decisionBoundaryTraining,
  embedding,
  filters,
  gmmEllipses,
  gradientFlow,
  layerWarp,
  ldaProjection,
  parametersNow,
  weightHistograms,
  whiteningSteps,
} from "../../src/plot.js";

/** The area within outlines, those of holes taken off: they run the other way. */
function areaOf(found: readonly Outline[]): number {
  let sum = 0;
  for (const outline of found) {
    outline.forEach(([x, y], i) => {
      const [nextX, nextY] = outline[(i + 1) % outline.length];
      sum += (x * nextY - nextX * y) / 2;
    });
  }
  return Math.abs(sum);
}

function gridValues(columns: number, rows: number, value: (column: number, row: number) => number) {
  return { columns, rows, values: Float64Array.from({ length: columns * rows }, (_, i) => value(i % columns, Math.floor(i / columns))) };
}

/** Two classes that the line x + 2y = 0.5 parts; the logit of class 1 is 4 times its left side. */
function lineModel(): Linear {
  const model = new Linear(2, 1);
  model.weight.assign(tensor([[4, 8]]));
  model.bias?.assign(tensor([-2]));
  return model;
}

describe("outlines of where values reach a threshold", () => {
  test("of a plane are exact, and closed along the edge of the grid", () => {
    const found = outlines(
      gridValues(11, 8, (column) => column),
      2.25,
    );
    expect(found).toHaveLength(1);
    expect(areaOf(found)).toBeCloseTo((10 - 2.25) * 7, 10);
  });

  test("of a disc have its area, to the second order of the grid", () => {
    const disc = (side: number) => gridValues(side, side, (c, r) => 1 - Math.hypot(c - (side - 1) / 2, r - (side - 1) / 2) / (side / 3));
    const error = (side: number) => Math.abs(areaOf(outlines(disc(side), 0)) / ((Math.PI * side * side) / 9) - 1);
    expect(error(41)).toBeLessThan(2e-3);
    expect(error(81)).toBeLessThan(error(41) / 3);
  });

  test("have holes, whose area is taken off, and regions apart", () => {
    const ring = gridValues(61, 61, (c, r) => 5 - Math.abs(Math.hypot(c - 30, r - 30) - 18));
    const found = outlines(ring, 0);
    expect(found).toHaveLength(2);
    expect(areaOf(found)).toBeCloseTo(Math.PI * (23 * 23 - 13 * 13), -1);
    expect(
      outlines(
        gridValues(5, 5, (c) => (c === 2 ? -1 : 1)),
        0,
      ),
    ).toHaveLength(2);
    expect(
      outlines(
        gridValues(4, 4, () => -1),
        0,
      ),
    ).toEqual([]);
    expect(
      areaOf(
        outlines(
          gridValues(4, 4, () => 1),
          0,
        ),
      ),
    ).toBe(9);
  });

  test("of a saddle go by the mean of the four corners", () => {
    const saddle = (a: number) => ({ columns: 2, rows: 2, values: [a, -1, -1, a] });
    expect(outlines(saddle(2), 0)).toHaveLength(1);
    expect(outlines(saddle(0.5), 0)).toHaveLength(2);
  });

  test("lose corners, but never more than the tolerance", () => {
    const circle = Array.from({ length: 200 }, (_, k) => [Math.cos((k * Math.PI) / 100) * 50, Math.sin((k * Math.PI) / 100) * 50] as const);
    const few = simplified(circle, 0.2);
    expect(few.length).toBeLessThan(70);
    few.forEach(([x, y], i) => {
      const [nextX, nextY] = few[(i + 1) % few.length];
      // A chord of a circle of radius 50 lies farthest from it in its middle.
      expect(50 - Math.hypot((x + nextX) / 2, (y + nextY) / 2)).toBeLessThan(0.25);
    });
    expect(
      simplified(
        [
          [0, 0],
          [1, 0],
          [2, 0],
          [2, 2],
          [0, 2],
        ],
        0.1,
      ),
    ).toHaveLength(4);
  });
});

describe("what a classifier says over the plane", () => {
  test("is the sigmoid of one logit, the softmax of several, and what a sigmoid gave", () => {
    const points = Float32Array.of(0.5, 0, 1, 0);
    const { classes, values } = probabilitiesOf("test", lineModel(), points, 2);
    expect(classes).toBe(2);
    [0.5, 0.5, 1 / (1 + Math.exp(2)), 1 / (1 + Math.exp(-2))].forEach((p, i) => {
      expect(values[i]).toBeCloseTo(p, 6);
    });
    const squashed = probabilitiesOf("test", new Sequential([lineModel(), new Sigmoid()]), points, 2);
    expect([...squashed.values]).toEqual([...values]);
    const three = new Linear(2, 3);
    const logits = three
      .forward(
        tensor([
          [0.5, 0],
          [1, 0],
        ]),
      )
      .softmax(1);
    const found = probabilitiesOf("test", three, points, 2);
    logits.data.forEach((p, i) => {
      expect(found.values[i]).toBeCloseTo(p, 6);
    });
    expect(margins(found, 1)[0]).toBeCloseTo(found.values[1] - Math.max(found.values[0], found.values[2]), 12);
  });

  test("of classic methods is their probabilities", async () => {
    const { x, y } = bars(60, 1);
    const lda = await new LinearDiscriminantAnalysis().fit(x, y);
    const found = probabilitiesOf("test", lda, Float32Array.from(x.view()), 2);
    expect([...likeliest(found)]).toEqual([...lda.predict(x).view()]);
  });

  test("parts the grid where the line runs, and names what is wrong", () => {
    const points = { x: Float64Array.of(0, 0, 1, 1, -1, 0.2), y: Int32Array.of(0, 1, 1) };
    const domain = { x: [-1, 1], y: [-1, 1] } as const;
    const grid = gridOf("test", lineModel(), domain, 41);
    // x + 2y ≥ 0.5 within the square of side 2: a trapezoid from x = −1, y = 0.75 to x = 1, y = −0.25.
    const cells = areaOf(outlines({ ...grid, values: margins(grid.found, 1) }, 0));
    expect(cells / (20 * 20)).toBeCloseTo(2 * (1 - (0.75 - 0.25) / 2), 1);
    expect(mistakes("test", lineModel(), points)).toEqual([false, false, true]);
    expect(domainOf(points).x[0]).toBeCloseTo(-1 - 0.16, 10);
  });

  test("is drawn: a field for each class, and as many samples as there are", async () => {
    const data = {
      x: [
        [0, 0],
        [1, 1],
        [-1, 0.2],
      ],
      y: [0, 1, 1],
    };
    const { svg } = await decisionBoundary(lineModel(), data, { title: "Line", classNames: ["no", "yes"] });
    expect(svg).toContain("2 of 3 samples right");
    expect(svg.match(/fill-rule="evenodd"/g)?.length).toBeGreaterThanOrEqual(4);
    expect(svg).toContain(">yes</text>");
    await expect(decisionBoundary(lineModel(), { x: [[1], [2]], y: [0, 1] })).rejects.toMatchObject({ code: "SHAPE" });
    await expect(decisionBoundary(lineModel(), data, { classNames: ["no"] })).rejects.toThrow(
      /classNames has 1 names; expected one for each of 2/,
    );
    await expect(decisionBoundary({} as never, data)).rejects.toThrow(/expected a model, or a classifier/);
  });
});

describe("BoundaryRecorder", () => {
  const points = moons(64, 0.1, 1);
  const train = async (callbacks: BoundaryRecorder[], epochs: number) => {
    manualSeed(3);
    const model = new Sequential([new Dense(8, { activation: "tanh" }), new Dense(2)]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const { history } = await model.fit(points, { epochs, batchSize: 16, verbose: 0, callbacks });
    return { history, weights: model.parameters().map((parameter) => [...parameter.data]) };
  };

  test("sees the start, and the ends of epochs; fewer of them where there are many", async () => {
    const recorder = new BoundaryRecorder(points, { resolution: 8, frames: 4 });
    await train([recorder], 9);
    expect(recorder.frames.map(({ epoch }) => epoch)).toEqual([0, 4, 8, 9]);
    expect(recorder.frames[0].loss).toBeNull();
    const { svg } = await decisionBoundaryTraining(recorder, { seconds: 0.5 });
    expect(svg.match(/<animate /g)).toHaveLength(4);
    expect(svg).toMatch(/epoch 9 · loss [\d.]+ · \d+ of 64 samples right</);
    expect(svg).toContain('dur="4s"');
  });

  test("does not change what the training comes to", async () => {
    expect(await train([new BoundaryRecorder(points, { resolution: 8 })], 3)).toEqual(await train([], 3));
  });

  test("that saw nothing cannot be drawn", async () => {
    await expect(decisionBoundaryTraining(new BoundaryRecorder(points))).rejects.toThrow(/Pass it to fit/);
  });
});

describe("filters", () => {
  test("of a convolution on colours have three planes, of others one a channel", async () => {
    const colour = firstFilters("test", new Sequential([new Conv2d(3, 4, 5)]), null);
    expect([colour.channels, colour.height, colour.width, colour.filters.length]).toEqual([3, 5, 5, 4]);
    const grey = firstFilters("test", new Sequential([new Conv2d(2, 4, [3, 5])]), null);
    expect([grey.channels, grey.height, grey.width, grey.filters.length]).toEqual([1, 3, 5, 8]);
  });

  test("of a dense layer are as large as the images", () => {
    const model = new Sequential([new Flatten(), new Linear(24, 5)]);
    expect(firstFilters("test", model, [4, 6])).toMatchObject({ channels: 1, height: 4, width: 6 });
    expect(() => firstFilters("test", model, null)).toThrow(/24 numbers, which are no square image/);
    expect(() => firstFilters("test", model, [5, 5])).toThrow(/\[5, 5\].*takes 24 numbers/);
    expect(firstFilters("test", new Linear(27, 2), null)).toMatchObject({ channels: 3, height: 3, width: 3 });
  });

  test("have 0 in the middle of the scale, and the largest weight at its end", () => {
    const images = { path: "", channels: 1, height: 1, width: 3, filters: [] } as const;
    expect([...pixelsOf(images, Float64Array.of(-2, 0, 1))]).toEqual([0, 0, 0, 128, 128, 128, 191, 191, 191]);
    const colour = { ...images, channels: 3, width: 1 } as const;
    expect([...pixelsOf(colour, Float64Array.of(1, 0, -1))]).toEqual([255, 128, 0]);
  });

  test("are pictures that a reader of PNG reads", async () => {
    const pixels = Uint8Array.from({ length: 3 * 300 * 80 }, (_, i) => (i * 7) % 256);
    const written = png(300, 80, pixels);
    expect(() => readChunks("test", written, 1e6)).not.toThrow();
    const raster = await decodePng("test", written, 1e6);
    expect([raster.width, raster.height, raster.channels]).toEqual([300, 80, 3]);
    expect(raster.bytes).toEqual(pixels);
  });

  test("are drawn, the first ones where there are many", async () => {
    const { svg } = await filters(new Linear(16, 9), { most: 4 });
    expect(svg.match(/<image /g)).toHaveLength(4);
    expect(svg).toContain("4 of 9 filters of weight, 4 × 4");
  });
});

/** A network that is written by hand, whose parts are its layers. */
class ByHand extends Module {
  readonly first = new Linear(2, 2);
  readonly second = new Linear(2, 3);
  forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x).tanh());
  }
}

describe("what layers give", () => {
  test("is in the order of the forward, and leaves no hook", () => {
    const net = new ByHand();
    const x = randn([5, 2]);
    const outputs = layerOutputs("test", net, x);
    expect(outputs.map(({ path, type, n, width }) => [path, type, n, width])).toEqual([
      ["first", "Linear", 5, 2],
      ["second", "Linear", 5, 3],
    ]);
    expect([...outputs[1].values]).toEqual([...net.forward(x).data]);
    expect(net.first.hooks.after).toHaveLength(0);
    expect(() => layerOutputs("test", net, x, ["third"])).toThrow('the model has no layer "third"; it has "first", "second"');
  });

  test("warps the plane: of a matrix, lines stay lines, and the grid goes where the matrix says", async () => {
    const net = new Sequential([new Linear(2, 2)]);
    const points = { x: Float64Array.of(-1, -1, 1, 1, 0.5, -0.3), y: Int32Array.of(0, 1, 0) };
    const [input, output] = await warp("test", net, points, 4);
    expect([input.path, output.path, input.lines.length]).toEqual(["", "0", 8]);
    const wanted = net.forward(tensor(input.lines[2].map(([x, y]) => [x, y]))).data;
    output.lines[2].forEach(([x, y], i) => {
      expect(x).toBeCloseTo(wanted[2 * i], 5);
      expect(y).toBeCloseTo(wanted[2 * i + 1], 5);
    });
  });

  test("in more than two dimensions is seen by principal components, and one output not at all", async () => {
    const { svg } = await layerWarp(new Sequential([new Dense(3), new Dense(1)]), xor(20, 0.2, 1), { lines: 3 });
    expect(svg).toContain("layer 0 (Dense), 3 units by principal components");
    expect(svg).not.toContain("layer 1");
  });

  test("is placed in the plane", async () => {
    const model = new Sequential([new Dense(4, { activation: "relu" }), new Dense(3)]);
    const data = rings(30, 0.1, 1);
    const { svg } = await embedding(model, data, { perplexity: 5, iterations: 30 });
    expect(svg).toContain("30 samples as layer 0 (Dense) gives them, 4 numbers each");
    expect(svg).toContain("t-SNE, perplexity 5");
    expect((await embedding(model, data, { method: "pca", layer: "1" })).svg).toContain("layer 1 (Dense)");
    await expect(embedding(model, data, { layer: "7" })).rejects.toThrow(/no layer "7"/);
  });
});

describe("parameters of a training", () => {
  const model = new Sequential([new Linear(3, 4), new Linear(4, 1)]);
  mse(model.forward(ones([2, 3])), ones([2, 1])).backward();
  const record = parametersNow(model, 5);

  test("are told with the size of their gradients, and how they are spread", () => {
    expect(record.parameters.map(({ path }) => path)).toEqual(["0.weight", "0.bias", "1.weight", "1.bias"]);
    for (const [i, parameter] of model.parameters().entries()) {
      const { gradient, histogram } = record.parameters[i];
      expect(gradient).toBeCloseTo((parameter.grad as Tensor).square().mean().sqrt().item(), 6);
      expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(parameter.size);
      expect(histogram.min).toBe(parameter.min().item());
    }
    model.zeroGrad();
    expect(parametersNow(model, 6).parameters[0].gradient).toBeNull();
  });

  test("have densities whose area is 1", () => {
    const curve = densityOf({ min: -1, max: 3, counts: [1, 4, 2, 1] });
    const area = curve
      .slice(1)
      .reduce((sum, { value, density }, i) => sum + ((value - curve[i].value) * (density + curve[i].density)) / 2, 0);
    expect(area).toBeCloseTo(1, 12);
    expect(curve.find(({ value }) => value === 0.5)?.density).toBe(0.5);
    const spike = densityOf({ min: 0.5, max: 0.5, counts: [7, 0] });
    expect(spike).toHaveLength(3);
    expect(spike[1].value).toBeCloseTo(0.5, 12);
  });

  test("are drawn of one training and of several, and not without gradients", async () => {
    const one = (await gradientFlow([record])).svg;
    expect(one).toContain("step");
    const several = (await gradientFlow({ tanh: [record], relu: [record] }, { biases: true })).svg;
    expect(several).toContain("relu");
    expect(several).toContain("0.bias");
    await expect(gradientFlow([parametersNow(new Linear(2, 2), 0)])).rejects.toThrow(/no record has a gradient/);
    const drawn = (await weightHistograms([record, { ...record, step: 9 }])).svg;
    expect(drawn).toContain("from step 5 behind to step 9 in front");
    expect(drawn).not.toContain("0.bias");
    for (const wrong of [[[1]], {}, 3]) {
      await expect(weightHistograms(wrong as never)).rejects.toThrow(/expected a list of records/);
    }
    await expect(gradientFlow([1, 2] as never)).rejects.toThrow(/expected a list of records/);
    await expect(filters(new Map() as never)).rejects.toThrow(/model is .*; expected a model/);
    expect(() => parametersNow(model, -1)).toThrow(/step is -1/);
    await expect(weightHistograms([])).rejects.toThrow(/there are no records/);
  });
});

describe("samples in the plane", () => {
  test("have ellipses at a Mahalanobis distance from their mean", () => {
    const { xx, xy, yy } = { xx: 2, xy: -0.7, yy: 0.5 };
    const determinant = xx * yy - xy * xy;
    for (const [x, y] of ellipse([1, -2], { xx, xy, yy }, 2)) {
      const [dx, dy] = [x - 1, y + 2];
      expect((yy * dx * dx - 2 * xy * dx * dy + xx * dy * dy) / determinant).toBeCloseTo(4, 10);
    }
    const flat = ellipse([0, 0], { xx: 0, xy: 0, yy: 1 }, 1);
    expect(Math.max(...flat.map(([, y]) => y))).toBeCloseTo(1, 10);
    const around = squareAround([0, 0, 2, 6]);
    expect(around.x[1] - around.x[0]).toBeCloseTo(around.y[1] - around.y[0], 12);
  });

  test("are turned and then white", async () => {
    const { x } = bars(80, 2);
    const [, turned, white, back] = await stepsOf(x, "zca");
    const close = (places: Float64Array, wanted: { xx: number; xy: number; yy: number }) => {
      const { mean, covariance } = spreadOfPlaces(places);
      expect(Math.abs(mean[0]) + Math.abs(mean[1])).toBeLessThan(1e-6);
      for (const key of ["xx", "xy", "yy"] as const) expect(covariance[key]).toBeCloseTo(wanted[key], 4);
    };
    expect(Math.abs(spreadOfPlaces(turned.places).covariance.xy)).toBeLessThan(1e-6);
    close(white.places, { xx: 1, xy: 0, yy: 1 });
    close(back.places, { xx: 1, xy: 0, yy: 1 });
    expect((await whiteningSteps(x)).svg).toContain("variances 1.00 and 1.00, correlation 0.00");
  });

  test("of a mixture have its covariances, whatever their form", async () => {
    const { x } = clouds(90, 1);
    const of = async (covariance: "spherical" | "diagonal" | "full") =>
      componentsOf(await new GaussianMixture({ components: 3, covariance, seed: 1 }).fit(x));
    for (const { covariance } of await of("spherical")) expect([covariance.xx, covariance.xy]).toEqual([covariance.yy, 0]);
    for (const { covariance } of await of("diagonal")) expect([covariance.xx === covariance.yy, covariance.xy]).toEqual([false, 0]);
    const full = await of("full");
    // The clouds' own covariances are a², ab and b² + c²: the correlated ones are found with their signs.
    expect(full.map(({ covariance: { xx, xy, yy } }) => Math.sign(Math.round((2 * xy) / Math.sqrt(xx * yy))) + 0).sort()).toEqual([
      -1, 0, 1,
    ]);
    const mixture = await new GaussianMixture({ components: 2, seed: 1 }).fit(x);
    expect((await gmmEllipses(mixture, x)).svg).toContain("11 parameters");
    await expect(gmmEllipses({ a: 1 } as never, x)).rejects.toThrow(/expected a GaussianMixture/);
  });

  test("are projected where classes part, and where data vary most", async () => {
    expect(
      overlapOf([
        [3, 2, 0],
        [0, 1, 4],
      ]),
    ).toBe(1);
    const two = (await ldaProjection(bars(100, 1))).svg;
    const overlaps = [...two.matchAll(/(\d+) of 100 samples overlap/g)].map(([, count]) => Number(count));
    expect(overlaps[0]).toBeLessThan(5);
    expect(overlaps[1]).toBeGreaterThan(25);
    expect((await ldaProjection(clouds(60, 1))).svg).toContain("discriminant 2");
  });

  test("of the sets have their classes in turn, and the same for the same seed", () => {
    for (const set of [moons, spirals, rings, xor]) {
      const { x, y } = set(31, 0.1, 4);
      expect(x.shape).toEqual([31, 2]);
      expect(new Set(y.data).size).toBe(set === rings ? 3 : 2);
      expect(set(31, 0.1, 4).x.data).toEqual(x.data);
    }
    const { x, y } = rings(300, 0, 1);
    y.data.forEach((ring, i) => {
      expect(Math.hypot(x.data[2 * i], x.data[2 * i + 1])).toBeCloseTo(0.25 + 0.45 * ring, 5);
    });
  });
});

describe("drawings of our own", () => {
  test("have round numbers at their axes", () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(-1.3, 2.2, 5)).toEqual([-1, 0, 1, 2]);
    expect(ticks(0, 4321, 4)).toEqual([0, 2000, 4000]);
    expect(ticks(3, 3, 4)).toEqual([3]);
    const { toX, toY } = axes({ x: [0, 10], y: [-1, 1], width: 100, height: 50, left: 20, top: 5, xTitle: "a", yTitle: "b" });
    expect([toX(5), toY(1), toY(-1)]).toEqual([70, 5, 55]);
  });

  test("show one frame at a time, the last where nothing moves", () => {
    const svg = frames(["<a/>", "<b/>", "<c/>"], 1, 1);
    expect(svg).toContain('values="visible;hidden" keyTimes="0;0.25"');
    expect(svg).toContain('values="hidden;visible;hidden" keyTimes="0;0.25;0.5"');
    expect(svg).toContain('values="hidden;visible" keyTimes="0;0.5"');
    expect(svg.match(/<g visibility="visible">/g)).toHaveLength(1);
    expect(svg.indexOf('<g visibility="visible">')).toBeGreaterThan(svg.indexOf("<b/>"));
    expect(frames(["<a/>"], 1, 1)).toBe("<g><a/></g>");
  });
});
