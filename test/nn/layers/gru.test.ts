import { test } from "vitest";
import { GRU, GRUCell, gradcheck, gradgradcheck, noGrad, type Tensor } from "../../../src/index.js";
import { builds, withBuild } from "../../support/kernels.js";
import { checkRecurrent, checkReference, expectClose, numbered, numbers, recurrentCases } from "../../support/recurrent.js";

test.each(recurrentCases("GRU").map((golden) => [golden.name, golden] as const))("%s has PyTorch's numbers", (_, golden) =>
  checkRecurrent(golden),
);

test.each(builds)("more of PyTorch's numbers: both directions, two layers, lengths, %s", (build) => {
  withBuild(build, () =>
    checkReference(new GRU(3, 4, { bidirectional: true, numLayers: 2 }), [3, 5, 1], {
      loss: 3.0726669,
      h: [-0.5876716, 0.1490972, 0.6795541, 0.1097511, -0.4336908, 0.4527145],
      x: [-0.2251452, 0.0512273, 0.2525516, -0.026745, -0.0521248, -0.0011416, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
      h0: [0.0013807, -0.1021578, -0.031155, -0.0663585],
      p: [
        1.18599, 0.082414, -0.772, -0.461539, 0.150269, 0.927699, -0.419805, -0.28967, -0.616791, 0.768915, 0.452299, -0.044712, -0.228122,
        -0.115113, -0.025319, -0.067005,
      ],
    }),
  );
});

test("derivatives of first and second order in float64", () => {
  const layer = numbered(new GRU(2, 3));
  const run = (x: Tensor, h: Tensor): Tensor => {
    const { output, state } = layer.forward(x, h, { lengths: [3, 2] });
    return output.sum().add(state.square().sum());
  };
  const given = [numbers([2, 3, 2], 3, true, "float64"), numbers([1, 2, 3], 1, true, "float64")];
  gradcheck(run, given);
  gradgradcheck(run, given);
});

test("a cell takes the steps of a layer", () => {
  const layer = numbered(new GRU(3, 4));
  const cell = new GRUCell(null, 4);
  cell.loadStateDict(new Map([...layer.stateDict()].map(([name, value]) => [name.replace("_l0", ""), value])));
  const x = numbers([2, 5, 3]);
  const h = noGrad(() => {
    let state: Tensor | null = null;
    for (let t = 0; t < 5; t++) state = cell.forward(x.slice([null, t]), state);
    return state as unknown as Tensor;
  });
  expectClose(
    h.unsqueeze(0),
    noGrad(() => layer.forward(x).state),
  );
});

test("with batchFirst: false steps come first", () => {
  const [layer, turned] = [numbered(new GRU(3, 4)), numbered(new GRU(3, 4, { batchFirst: false }))];
  const x = numbers([2, 5, 3]);
  expectClose(
    noGrad(() => turned.forward(x.transpose(0, 1)).output),
    noGrad(() => layer.forward(x).output.transpose(0, 1)),
  );
});
