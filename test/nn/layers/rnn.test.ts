import { describe, expect, test } from "vitest";
import { noGrad, RNN, RNNCell, type Tensor, tensor, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";
import { checkRecurrent, checkReference, expectClose, numbered, numbers, recurrentCases } from "../../support/recurrent.js";

test.each(recurrentCases("RNN").map((golden) => [golden.name, golden] as const))("%s has PyTorch's numbers", (_, golden) =>
  checkRecurrent(golden),
);

describe.each(builds)("more of PyTorch's numbers, %s", (build) => {
  test("relu, both directions, two layers, lengths", () =>
    withBuild(build, () => {
      const layer = new RNN(3, 4, { nonlinearity: "relu", bidirectional: true, numLayers: 2 });
      checkReference(layer, [5, 2, 4], {
        loss: -1.3029164,
        h: [1.7197718, 0.0688985, 0.0, 0.0, 2.3522293, 0.5875971],
        x: [-0.0057557, 0.7196437, 0.3907634, 2.0158813, 2.2555208, -0.809183, -2.5719855, 0.9449736, 3.0775442, 0.0, 0.0, 0.0],
        h0: [0.7258802, 1.7047464, 0.1861551, -1.6051539],
        p: [
          6.432561, -22.484121, -4.810177, -4.810177, -4.990789, 3.387974, 4.379034, 4.379034, -2.160518, 2.360847, -0.335861, -0.335861,
          2.714221, -6.645299, 4.459772, 4.459772,
        ],
      });
    }));
  test("tanh, two layers, lengths", () =>
    withBuild(build, () =>
      checkReference(new RNN(3, 4, { numLayers: 2 }), [1, 5, 3], {
        loss: 5.6572132,
        h: [0.8770294, -0.4367352, -0.6429063, -0.3223448, 0.9030591, 0.4960778],
        x: [-0.2408589, -0.1549101, 0.1579824, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        h0: [0.8977848, 0.9891212, -0.3686073, -1.1863253],
        p: [-0.462423, -6.408133, -0.662124, -0.662124, -2.733694, 0.223227, 0.111356, 0.111356],
      }),
    ));
});

test("an unrolled net with shared weights equals the layer, gradients too", () => {
  const layer = numbered(new RNN(3, 4));
  const [wx, wh, bx, bh] = layer.parameters();
  const [x, again] = [numbers([2, 6, 3], 0, true), numbers([2, 6, 3], 0, true)];
  const gradients = (): Tensor[] => layer.parameters().map(({ grad }) => (grad as Tensor).clone());
  const { output, last } = layer.forward(x);
  const ended = last.detach().clone();
  output
    .mul(numbers([2, 6, 4]))
    .sum()
    .backward();
  const found = gradients();
  layer.zeroGrad();
  let h: Tensor = zeros([2, 4]);
  let loss: Tensor = zeros([]);
  for (let t = 0; t < 6; t++) {
    h = again.slice([null, t]).linear(wx, bx).add(h.linear(wh, bh)).tanh();
    loss = loss.add(h.mul(numbers([2, 6, 4]).slice([null, t])).sum());
  }
  loss.backward();
  expectClose(ended, h.detach());
  expectClose(x.grad as Tensor, again.grad as Tensor);
  for (const [i, gradient] of gradients().entries()) expectClose(found[i], gradient);
});

test("a cell takes the steps of a layer", () => {
  const layer = numbered(new RNN(3, 4, { nonlinearity: "relu" }));
  const cell = new RNNCell(null, 4, { nonlinearity: "relu" });
  cell.loadStateDict(new Map([...layer.stateDict()].map(([name, value]) => [name.replace("_l0", ""), value])));
  const x = numbers([2, 5, 3]);
  const h = noGrad(() => {
    let state: Tensor | null = null;
    for (let t = 0; t < 5; t++) state = cell.forward(x.slice([null, t]), state);
    return state as unknown as Tensor;
  });
  expectClose(
    h,
    noGrad(() => layer.forward(x).last),
  );
});

test("wrong calls name the values and the mend", () => {
  const layer = new RNN(3, 4, { numLayers: 2 });
  const x = zeros([2, 5, 3]);
  expect(failure(() => layer.forward(zeros([5, 3])))).toBe(
    "SHAPE RNN: x has shape [5, 3]; expected [batch, steps, 3], at least one step. x.unsqueeze(0) is a batch of one sequence.",
  );
  expect(failure(() => layer.forward(zeros([2, 5, 4])))).toBe(
    "SHAPE RNN: x has shape [2, 5, 4]; expected [batch, steps, 3], at least one step.",
  );
  expect(failure(() => layer.forward(zeros([2, 0, 3])))).toMatch(/^SHAPE RNN: x has shape \[2, 0, 3\]/);
  expect(failure(() => new RNN(3, 4, { batchFirst: false }).forward(zeros([5, 3])))).toMatch(
    /expected \[steps, batch, 3\].*unsqueeze\(1\)/,
  );
  expect(failure(() => layer.forward(zeros([2, 5, 3], { dtype: "int32" })))).toBe(
    'DTYPE RNN: x has dtype int32; expected float32 or float64. Put an Embedding before it, or convert x with cast("float32").',
  );
  expect(failure(() => layer.forward(x, zeros([1, 2, 4])))).toBe("SHAPE RNN: the state's h has shape [1, 2, 4]; expected [2, 2, 4].");
  expect(failure(() => layer.forward(x, [x, x] as never))).toBe(
    "ARGUMENT RNN: the state is an array of length 2; expected h. Pass what the call before returned, or forward(x, h).",
  );
  expect(failure(() => layer.forward(x, null, { lengths: [5, 6] }))).toBe(
    "SHAPE RNN: lengths[1] is 6; expected 1 … 5, as long as the sequence. Pad the sequences to the longest, or cut the length.",
  );
  expect(failure(() => layer.forward(x, null, { lengths: tensor([0, 2], { dtype: "int32" }) }))).toBe(
    "SHAPE RNN: lengths[0] is 0; expected 1 … 5, as long as the sequence. Leave empty sequences out.",
  );
  expect(failure(() => layer.forward(x, null, { lengths: [1, 2, 3] }))).toBe(
    "SHAPE RNN: lengths has shape [3]; expected one for each sample, [2].",
  );
  expect(failure(() => layer.forward(x, null, { lengths: [1, 2.5] }))).toBe("ARGUMENT RNN: length 1 is 2.5; expected a whole number.");
  expect(failure(() => layer.forward(x, null, { lengths: 5 } as never))).toMatch(/^ARGUMENT RNN: lengths is 5; expected an array/);
  expect(failure(() => layer.forward(x, null, { length: [5, 5] } as never))).toMatch(/unknown option "length". Known: lengths/);
  expect(failure(() => new RNNCell(3, 4).forward(x))).toBe(
    "SHAPE RNNCell: x has shape [2, 5, 3]; expected [batch, 3]. A cell takes one step; RNN, LSTM and GRU take a sequence.",
  );
});
