/** What must not compile; checked by tsc, never run. */
import { defineOp, noGrad, type Tensor } from "../../src/index.js";
import * as kernels from "../../src/kernels/generated.js";

declare const x: Tensor;

// A gradient reads the elements of what was saved, and of the rest only shape, dtype and size.
defineOp({
  name: "saves",
  inputs: ["a", "b", "c?"],
  save: ["a", "c", "out"],
  shape: ({ a }) => a.shape,
  forward: () => {},
  grad: {
    a: (g, { a, out }) => g.mul(a).mul(out),
    b: (g, { b }) => {
      b.shape satisfies readonly number[];
      // @ts-expect-error b was not saved
      return g.mul(b);
    },
    c: (g, { c }) => {
      // @ts-expect-error c may be absent
      c.mul(2);
      return c === null ? g : g.mul(c);
    },
  },
});

defineOp({
  name: "savesNothing",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  forward: () => {},
  // @ts-expect-error the result was not saved
  grad: { x: (g, { out }) => g.mul(out) },
});

defineOp({
  name: "fused",
  inputs: ["x", "y"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => kernels.relu({ x: x.at, out: out.at }, 0, out.size),
  backward: (pass, { x, y }) => {
    x.at satisfies number;
    // @ts-expect-error y was not saved
    y.at satisfies number;
    // @ts-expect-error z is no operand
    pass.wanted("z");
  },
});

defineOp({
  name: "misspelt",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  // @ts-expect-error there is no such kernel
  forward: ({ x, out }) => kernels.reluu({ x: x.at, out: out.at }, 0, out.size),
});

defineOp({
  name: "record",
  inputs: ["x"],
  shape: ({ x }) => x.shape,
  // @ts-expect-error the record has no such field
  forward: ({ x, out }) => kernels.relu({ x: x.at, output: out.at }, 0, out.size),
});

// @ts-expect-error "y" is no operand
defineOp({ name: "bad", inputs: ["x"], save: ["y"], shape: ({ x }) => x.shape, forward: () => {} });

// @ts-expect-error "y" is no operand
defineOp({ name: "bad", inputs: ["x"], shape: ({ x }) => x.shape, forward: ({ y }) => y });

const unary = defineOp({ name: "unary", inputs: ["x"], shape: ({ x }) => x.shape, forward: () => {} });
const withAttributes = defineOp({
  name: "withAttributes",
  inputs: ["x", "bias?"],
  shape: ({ x }, { factor }: { factor: number }) => [...x.shape, factor],
  forward: () => {},
});
unary(x) satisfies Tensor;
withAttributes(x, null, { factor: 2 }) satisfies Tensor;
// @ts-expect-error one operand
unary(x, x);
// @ts-expect-error a tensor is not null
unary(null);
// @ts-expect-error the attributes are missing
withAttributes(x, null);
// @ts-expect-error the attribute is a number
withAttributes(x, x, { factor: "2" });

// @ts-expect-error noGrad never spans an await
noGrad(async () => x);
noGrad(() => [x]) satisfies Tensor[];
