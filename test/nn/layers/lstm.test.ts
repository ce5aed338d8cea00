import { describe, expect, test } from "vitest";
import {
  Adam,
  capture,
  Dense,
  GRU,
  gradcheck,
  gradgradcheck,
  input,
  Linear,
  LSTM,
  LSTMCell,
  Model,
  Module,
  manualSeed,
  mse,
  noGrad,
  Sequential,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";
import { checkRecurrent, checkReference, expectClose, numbered, numbers, recurrentCases } from "../../support/recurrent.js";

describe.each(["LSTM", "LSTMCell"])("%s: PyTorch's numbers", (type) => {
  test.each(recurrentCases(type).map((golden) => [golden.name, golden] as const))("%s", (_, golden) => checkRecurrent(golden));
});

describe.each(builds)("more of PyTorch's numbers, %s", (build) => {
  test("projection, both directions, two layers, lengths", () =>
    withBuild(build, () => {
      const layer = new LSTM(3, 4, { projSize: 2, bidirectional: true, numLayers: 2 });
      checkReference(layer, [5, 2, 4], {
        loss: 3.5492563,
        h: [-0.7069406, -0.2030885, -0.5314287, -0.133169, -0.3914614, -0.0528855],
        x: [-0.3496441, -0.0989898, 0.2966848, 0.1334345, 0.0685488, -0.096761, -0.1380191, 0.2347073, 0.263587, 0.0, 0.0, 0.0],
        h0: [-0.0422831, 0.0312133, 0.23577, -0.1153406],
        p: [
          -0.066089, -0.228349, 0.629635, 0.629635, 0.239485, 0.030097, -0.126453, -0.536159, -0.536159, 0.414486, 0.222499, -0.297376,
          1.150301, 1.150301, 0.257973, -0.407455, 0.394386, -0.353244, -0.353244, -0.596466,
        ],
        c0: [-0.0333013, -0.1020849, 0.1180197, 0.0010192],
      });
    }));
  test("both directions", () =>
    withBuild(build, () =>
      checkReference(new LSTM(3, 4, { bidirectional: true }), undefined, {
        loss: -3.6512698,
        h: [-0.2917818, 0.1474939, 0.5594206, 0.1081752, -0.1917959, 0.1221986],
        x: [
          0.0374067, -0.0235867, -0.0500255, 0.2578544, 0.0432694, -0.2347053, -0.2201811, 0.0553052, 0.2497692, -0.0061126, 0.1963343,
          0.111151,
        ],
        h0: [-0.122733, 0.0011149, 0.1233294, 0.0648661],
        p: [0.884258, 0.965283, 1.446593, 1.446593, -0.915109, -0.068066, -0.389902, -0.389902],
        c0: [-0.0064166, -0.000416, 0.0707396, -0.0633154],
      }),
    ));
  test("projection without biases", () =>
    withBuild(build, () =>
      checkReference(new LSTM(3, 4, { projSize: 3, bias: false }), undefined, {
        loss: -0.8679087,
        h: [0.0045834, 0.0020256, -0.0026853, 0.0398629, -0.0175829, -0.0563386],
        x: [
          0.1625884, 0.149975, -0.0823521, -0.1354624, -0.1349988, 0.0632383, 0.0833609, 0.1634365, 0.0040773, 0.1470008, 0.1305691,
          -0.0771466,
        ],
        h0: [0.193973, 0.0826902, -0.1497339, 0.1597965],
        p: [-0.303119, 0.123399, -0.785508],
        c0: [0.0519533, 0.2394761, 0.1087507, -0.2741755],
      }),
    ));
});

test("PyTorch's names and layouts", () => {
  const layer = new LSTM(3, 4, { projSize: 2, bidirectional: true, numLayers: 2 });
  expect([...layer.stateDict()].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
    ...["weight_ih_l0 16,3", "weight_hh_l0 16,2", "bias_ih_l0 16", "bias_hh_l0 16", "weight_hr_l0 2,4"],
    ...[
      "weight_ih_l0_reverse 16,3",
      "weight_hh_l0_reverse 16,2",
      "bias_ih_l0_reverse 16",
      "bias_hh_l0_reverse 16",
      "weight_hr_l0_reverse 2,4",
    ],
    ...["weight_ih_l1 16,4", "weight_hh_l1 16,2", "bias_ih_l1 16", "bias_hh_l1 16", "weight_hr_l1 2,4"],
    ...[
      "weight_ih_l1_reverse 16,4",
      "weight_hh_l1_reverse 16,2",
      "bias_ih_l1_reverse 16",
      "bias_hh_l1_reverse 16",
      "weight_hr_l1_reverse 2,4",
    ],
  ]);
  const start = layer.parameters().flatMap((parameter) => [...parameter.data]);
  expect(Math.max(...start.map(Math.abs))).toBeLessThanOrEqual(0.5);
  expect(Math.max(...start.map(Math.abs))).toBeGreaterThan(0.48);
  expect(failure(() => new LSTM(3, 4, { projSize: 4 }))).toBe("ARGUMENT LSTM: projSize is 4; expected less than hiddenSize, which is 4.");
});

test("a lazy layer takes its input's size; without weights it takes them from a state", () => {
  const model = new Sequential([new LSTM(null, 4, { returnSequences: true }), new LSTM(null, 3), new Dense(2)]);
  expect(noGrad(() => model.forward(zeros([2, 5, 7]))).shape).toEqual([2, 2]);
  expect(model.stateDict().get("1.weight_ih_l0")?.shape).toEqual([12, 4]);
  const other = new LSTM(null, 4);
  other.loadStateDict(new LSTM(7, 4).stateDict());
  expect(noGrad(() => other.forward(zeros([1, 1, 7])).last).shape).toEqual([1, 4]);
});

test("the state goes on: a sequence in parts gives the numbers of the whole", () => {
  const layer = numbered(new LSTM(3, 4, { numLayers: 2 }));
  const x = numbers([2, 6, 3]);
  const whole = noGrad(() => layer.forward(x));
  const { state } = noGrad(() => layer.forward(x.slice([null, [0, 4]])));
  const rest = noGrad(() => layer.forward(x.slice([null, [4, 6]]), state));
  expectClose(rest.output, whole.output.slice([null, [4, 6]]));
  rest.state.forEach((tensor, i) => void expectClose(tensor, whole.state[i]));
});

test("truncated backprop through time: a detached state lets no gradient through", () => {
  const layer = numbered(new LSTM(3, 4));
  const [first, second] = [numbers([2, 4, 3], 0, true), numbers([2, 4, 3], 5, true)];
  const { state } = layer.forward(first);
  layer
    .forward(second, state.map((tensor) => tensor.detach()) as [Tensor, Tensor])
    .last.sum()
    .backward();
  expect([first.grad, second.grad === null]).toEqual([null, false]);
  const { state: kept } = layer.forward(first);
  layer.forward(second, kept).last.sum().backward();
  expect(Math.max(...(first.grad as Tensor).data)).toBeGreaterThan(0);
});

test("a cell takes the steps of a layer", () => {
  const layer = numbered(new LSTM(3, 4));
  const cell = new LSTMCell(null, 4);
  cell.loadStateDict(new Map([...layer.stateDict()].map(([name, value]) => [name.replace("_l0", ""), value])));
  const x = numbers([2, 5, 3]);
  const state = noGrad(() => {
    let now: [Tensor, Tensor] | null = null;
    for (let t = 0; t < 5; t++) now = cell.forward(x.slice([null, t]), now);
    return now as unknown as [Tensor, Tensor];
  });
  const whole = noGrad(() => layer.forward(x));
  state.forEach((tensor, i) => void expectClose(tensor.unsqueeze(0), whole.state[i]));
  expect(failure(() => cell.forward(zeros([2, 3]), zeros([2, 4]) as never))).toMatch(
    /^ARGUMENT LSTMCell: the state is one tensor; expected \[h, c\]/,
  );
});

test("calls of Keras's and options in the state's place are answered with the call that is meant", () => {
  expect(failure(() => new LSTM(16 as never, undefined as never))).toBe(
    "ARGUMENT LSTM: hiddenSize is undefined; expected a whole number ≥ 1. Write new LSTM(8, 32), or new LSTM(null, 32), which takes inputSize from its first input.",
  );
  expect(failure(() => new LSTM(3, 4).forward(zeros([2, 5, 3]), { lengths: [3, 2] } as never))).toBe(
    "ARGUMENT LSTM: the state is an object; expected [h, c]. Options come third: forward(x, null, { lengths }).",
  );
});

test("derivatives of first and second order in float64", () => {
  const layer = numbered(new LSTM(2, 3, { projSize: 2, bidirectional: true }));
  const x = numbers([2, 3, 2], 3, true, "float64");
  const state = [numbers([2, 2, 2], 1, true, "float64"), numbers([2, 2, 3], 2, true, "float64")];
  const run = (input: Tensor, h: Tensor, c: Tensor): Tensor => {
    const { output, state: after } = layer.forward(input, [h, c], { lengths: [3, 2] });
    return output.sum().add(after[0].square().sum()).add(after[1].sum());
  };
  gradcheck(run, [x, ...state]);
  gradgradcheck(run, [x, ...state]);
});

test("dropout falls between layers, in training only", () => {
  const layer = numbered(new LSTM(3, 4, { numLayers: 2, dropout: 0.5 }));
  const plain = numbered(new LSTM(3, 4, { numLayers: 2 }));
  const x = numbers([2, 5, 3]);
  const last = (of: LSTM): number[] => [...noGrad(() => of.forward(x).last).data];
  expect(last(layer)).not.toEqual(last(plain));
  expect(last(layer.eval())).toEqual(last(plain));
});

test("a functional model has outputs and states; it is saved and loaded", () => {
  const [source, target] = [input([5, 3]), input([4, 2])];
  const encoder = new LSTM(3, 4);
  const decoder = new LSTM(2, 4);
  const { output } = decoder.forward(target, encoder.forward(source).state);
  const model = new Model({ inputs: [source, target], outputs: [output, encoder.forward(source).last] });
  const [x, y] = [numbers([2, 5, 3]), numbers([2, 4, 2])];
  const found = noGrad(() => model.forward(x, y)) as unknown as Tensor[];
  const expected = noGrad(() => {
    const { state, last } = encoder.forward(x);
    return [decoder.forward(y, state).output, last];
  });
  found.forEach((tensor, i) => void expect(tensor.toArray()).toEqual(expected[i].toArray()));
});

test("lengths are an input of a functional model, too", () => {
  const [x, lengths] = [input([5, 3]), input([], { dtype: "int32" })];
  const layer = new LSTM(3, 4);
  const model = new Model({ inputs: [x, lengths], outputs: layer.forward(x, null, { lengths }).last });
  const given = numbers([2, 5, 3]);
  const counts = zeros([2], { dtype: "int32" }).add(3);
  expect(noGrad(() => model.forward(given, counts)).toArray()).toEqual(
    noGrad(() => layer.forward(given, null, { lengths: [3, 3] }).last).toArray(),
  );
});

test("the result of a layer is no tensor: the error says what to pass", () => {
  expect(failure(() => new Dense(2).forward(new LSTM(3, 4).forward(zeros([1, 2, 3])) as never))).toBe(
    "ARGUMENT Dense: x is an object; expected a tensor. Pass its output, or its last.",
  );
});

test("with inputShape a Sequential builds and counts all its layers", () => {
  const model = new Sequential([new LSTM(null, 8, { inputShape: [5, 3], returnSequences: true }), new LSTM(null, 4), new Dense(2)]);
  expect(model.summary()).toMatch(/LSTM\)\s+\[5, 8\].*\n1 \(LSTM\)\s+\[4\].*\n2 \(Dense\)\s+\[2\]/);
  expect(failure(() => new LSTM(3, 8, { inputShape: [5, 4] }))).toMatch(
    /^SHAPE LSTM: x has shape \[1, 5, 4\]; expected \[batch, steps, 3\]/,
  );
});

test("steps that carry states and lengths along are replayed, with the bits of eager ones on any number of threads", async () => {
  class Net extends Module {
    reader = new LSTM(5, 19, { numLayers: 2, dropout: 0.3, bidirectional: true, projSize: 7 });
    writer = new GRU(14, 33);
    head = new Linear(33, 2);
    forward(x: Tensor, state: [Tensor, Tensor], lengths: Tensor): [Tensor, Tensor, Tensor] {
      const { output, state: after } = this.reader.forward(x, state, { lengths });
      return [this.head.forward(this.writer.forward(output, null, { lengths }).last), ...after];
    }
  }
  const batch = 37;
  const counts = (i: number): Tensor =>
    tensor(
      Array.from({ length: batch }, (_, j) => 1 + ((i + j) % 9)),
      { dtype: "int32" },
    );
  const run = async (threads: number, isCaptured: boolean): Promise<unknown> => {
    await setThreads(threads);
    manualSeed(7);
    const net = new Net();
    const optimizer = new Adam(net.parameters(), { learningRate: 0.01 });
    const train = (x: Tensor, y: Tensor, h: Tensor, c: Tensor, lengths: Tensor): Tensor[] => {
      optimizer.zeroGrad();
      const [out, ...state] = net.forward(x, [h, c], lengths);
      const loss = mse(out, y);
      loss.backward();
      optimizer.step();
      return [loss, ...state.map((tensor) => tensor.detach())];
    };
    const step = isCaptured ? capture(train) : train;
    let [h, c] = [zeros([4, batch, 7]), zeros([4, batch, 19])];
    const losses: number[] = [];
    for (let i = 0; i < 5; i++) {
      const [loss, ...after] = step(numbers([batch, 9, 5], i), numbers([batch, 2], 3 * i), h, c, counts(i));
      losses.push(loss.item());
      [h, c] = after.map((tensor) => tensor.clone());
    }
    const wrong = failure(() => step(numbers([batch, 9, 5]), numbers([batch, 2]), h, c, counts(1).add(1)));
    return [losses, [...c.data], net.parameters().map(({ data }) => [...data]), wrong];
  };
  try {
    const expected = await run(1, false);
    expect((expected as unknown[])[3]).toMatch(/^SHAPE LSTM: lengths\[7\] is 10; expected 1 … 9/);
    for (const threads of [1, 2, 3]) expect(await run(threads, true)).toEqual(expected);
    expect(await run(3, false)).toEqual(expected);
  } finally {
    await setThreads(1);
  }
});

test("an empty batch, and one sample", () => {
  const layer = new LSTM(3, 4, { bidirectional: true });
  expect(noGrad(() => layer.forward(zeros([0, 5, 3])).output).shape).toEqual([0, 5, 8]);
  expect(noGrad(() => layer.forward(zeros([1, 1, 3])).output).shape).toEqual([1, 1, 8]);
});
