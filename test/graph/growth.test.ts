import { describe, expect, test } from "vitest";
import { concat, crossEntropy, detach, grad, hvp, noGrad, Parameter, type Tensor, tensor } from "../../src/index.js";
import { expectNoGrowth } from "../support/growth.js";
import { random } from "../support/kernels.js";

/**
 * Training loops as they are written in the field, 20,000 steps each: nothing may grow after the second. Every loop is one
 * synchronous job, in which no finalizer runs.
 */

const next = random(7);
const draw = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() - 0.5),
    { shape },
  );
const parameter = (...shape: number[]): Parameter => new Parameter(draw(...shape));

/** Two layers, 3 → 4 → 2. */
class Net {
  readonly w1 = parameter(3, 4);
  readonly b1 = parameter(4);
  readonly w2 = parameter(4, 2);
  readonly parameters = [this.w1, this.b1, this.w2];

  forward(x: Tensor): Tensor {
    return x.matmul(this.w1).add(this.b1).relu().matmul(this.w2);
  }

  step(): void {
    for (const p of this.parameters) if (p.grad !== null) p.addScaled(p.grad, -0.001);
    this.zeroGrad();
  }

  zeroGrad(): void {
    for (const p of this.parameters) p.grad = null;
  }
}

const x = draw(2, 3);
const labels = tensor([0, 1], { dtype: "int32" });

describe("memory stays where it is from step 2 to step 20,000", () => {
  test("a training loop", () => {
    const net = new Net();
    expectNoGrowth(() => {
      crossEntropy(net.forward(x), labels).backward();
      net.step();
    });
  });

  test("a training loop that makes its data anew in every step", () => {
    const net = new Net();
    expectNoGrowth(() => {
      const batch = tensor([[0.1, 0.2, 0.3]]);
      crossEntropy(net.forward(batch.mul(2)), tensor([1], { dtype: "int32" })).backward();
      net.step();
    });
  });

  test("inference under noGrad", () => {
    const net = new Net();
    expectNoGrowth(() => {
      noGrad(() => net.forward(x).softmax().argmax(1)).toArray();
    });
  });

  test("metrics on the logits outside of noGrad, after backward and before", () => {
    const net = new Net();
    let correct = 0;
    const count = (x: Tensor): void => {
      correct += x.item();
    };
    expectNoGrowth(() => {
      const logits = net.forward(x);
      count(logits.argmax(1).eq(labels).sum());
      const loss = crossEntropy(logits, labels);
      loss.backward();
      count(logits.softmax().log().max());
      net.step();
      count(logits.argmax(1).eq(labels).cast("float32").mean());
    });
    expect(correct).toBeGreaterThan(0);
  });

  test("total = total.add(loss), before backward or after", () => {
    for (const after of [false, true]) {
      const net = new Net();
      let total = tensor(0);
      expectNoGrowth(() => {
        const loss = crossEntropy(net.forward(x), labels);
        if (!after) total = total.add(loss);
        loss.backward();
        if (after) total = total.add(loss);
        net.step();
      });
    }
  });

  test("gradient accumulation over micro-batches, with a loss each and with one sum", () => {
    const net = new Net();
    expectNoGrowth(
      () => {
        for (let micro = 0; micro < 3; micro++) crossEntropy(net.forward(x), labels).div(3).backward();
        net.step();
        let sum: Tensor = crossEntropy(net.forward(x), labels);
        for (let micro = 0; micro < 2; micro++) sum = sum.add(crossEntropy(net.forward(x), labels));
        sum.backward();
        net.step();
      },
      { steps: 6_000 },
    );
  });

  test("several models in turn, one total", () => {
    const nets = [new Net(), new Net(), new Net()];
    let total = tensor(0);
    expectNoGrowth(
      (i) => {
        const loss = crossEntropy(nets[i % 3].forward(x), labels);
        total = total.add(loss);
        loss.backward();
        nets[i % 3].step();
      },
      { settled: 6 },
    );
  });

  test("a validation pass that forgets noGrad", () => {
    const net = new Net();
    expectNoGrowth(
      (i) => {
        if (i % 10 === 5) expect(crossEntropy(net.forward(x), labels).add(net.w1.square().sum()).item()).toBeGreaterThan(0);
        crossEntropy(net.forward(x), labels).backward();
        net.step();
      },
      { settled: 20 },
    );
  });

  test("a forward that fails every so often", () => {
    const net = new Net();
    const wrong = tensor([0, 7], { dtype: "int32" });
    expectNoGrowth(
      (i) => {
        try {
          crossEntropy(net.forward(x), i % 10 === 5 ? wrong : labels).backward();
          net.step();
        } catch {}
        try {
          net.w1.matmul(net.w1);
        } catch {}
        try {
          net.w1.gather(0, tensor([[100, 0, 0, 0]], { dtype: "int32" }));
        } catch {}
      },
      { settled: 20 },
    );
  });

  test("h = h.detach(), and truncated backprop through time", () => {
    const net = new Net();
    const w = parameter(4, 4);
    let h = tensor(new Float32Array(8), { shape: [2, 4] });
    expectNoGrowth(
      () => {
        h = h.matmul(w).add(x.matmul(net.w1)).tanh();
        h.matmul(net.w2).square().sum().backward();
        w.grad = null;
        net.zeroGrad();
        h = detach(h);
      },
      { steps: 20_000 },
    );
    expectNoGrowth(
      () => {
        let loss = tensor(0);
        for (let t = 0; t < 3; t++) {
          h = h.matmul(w).add(x.matmul(net.w1)).tanh();
          loss = loss.add(h.square().sum());
        }
        loss.backward();
        w.grad = null;
        net.zeroGrad();
        h = h.detach();
      },
      { steps: 6_000 },
    );
  });

  /** Images [2, 3] from noise [2, 3], and a verdict [2, 2]. */
  const generator = (): Net & { final: Parameter; draw(z: Tensor): Tensor } => {
    const net = new Net();
    const final = parameter(2, 3);
    return Object.assign(net, { final, draw: (z: Tensor) => net.forward(z).matmul(final).tanh() });
  };
  const real = tensor([1, 1], { dtype: "int32" });
  const fake = tensor([0, 0], { dtype: "int32" });

  test("a GAN: discriminator on real and on detached images, then generator", () => {
    const [g, d] = [generator(), new Net()];
    expectNoGrowth(
      () => {
        d.zeroGrad();
        crossEntropy(d.forward(x), real).backward();
        const images = g.draw(x);
        crossEntropy(d.forward(images.detach()), fake).backward();
        d.step();
        g.zeroGrad();
        g.final.grad = null;
        crossEntropy(d.forward(images), real).backward();
        g.final.addScaled(g.final.grad as unknown as Tensor, -0.001);
        g.step();
      },
      { steps: 10_000 },
    );
  });

  test("a GAN: generator first, its images detached for the discriminator afterwards", () => {
    const [g, d] = [generator(), new Net()];
    expectNoGrowth(
      () => {
        g.zeroGrad();
        g.final.grad = null;
        const images = g.draw(x);
        crossEntropy(d.forward(images), real).backward();
        g.final.addScaled(g.final.grad as unknown as Tensor, -0.001);
        g.step();
        d.zeroGrad();
        const loss = crossEntropy(d.forward(x), real)
          .add(crossEntropy(d.forward(images.detach()), fake))
          .div(2);
        loss.backward();
        d.step();
      },
      { steps: 10_000 },
    );
  });

  test("a GAN with a gradient penalty, whose generator learns every fifth step", () => {
    const [g, d] = [generator(), new Net()];
    expectNoGrowth(
      (i) => {
        d.zeroGrad();
        const images = g.draw(x).detach();
        const between = x.add(images).div(2);
        const probe = tensor(between, { requiresGrad: true });
        const [slope] = grad(d.forward(probe).sum(), probe, { createGraph: true });
        const penalty = slope.square().sum().sqrt().sub(1).square();
        d.forward(images).mean().sub(d.forward(x).mean()).add(penalty).backward();
        d.step();
        if (i % 5 !== 4) return;
        g.zeroGrad();
        d.forward(g.draw(x)).mean().neg().backward();
        g.step();
      },
      { steps: 3_000, settled: 20 },
    );
  });

  test("leaves made anew in every step, alone and beside parameters", () => {
    const net = new Net();
    expectNoGrowth(
      () => {
        const alone = tensor([1, 2, 3], { requiresGrad: true });
        alone.square().mul(alone).sum().backward();
        const input = tensor(x, { requiresGrad: true });
        crossEntropy(net.forward(input.mul(2).tanh()), labels).backward();
        net.step();
      },
      { steps: 10_000, settled: 20 },
    );
  });

  test("an input that is optimized", () => {
    const image = tensor(x, { requiresGrad: true });
    const net = new Net();
    for (const p of net.parameters) p.requiresGrad = false;
    expectNoGrowth(() => {
      net.forward(image.tanh()).square().sum().backward();
      image.addScaled(image.grad as unknown as Tensor, -0.001);
      image.grad = null;
    });
  });

  test("graphs that are retained and never consumed", () => {
    const net = new Net();
    expectNoGrowth(
      () => {
        crossEntropy(net.forward(x), labels).backward(null, { retainGraph: true });
        net.step();
      },
      { steps: 10_000 },
    );
  });

  test("second derivatives, of functions that have them and of linear ones", () => {
    const w = parameter(3);
    const v = tensor([1, 2, 3]);
    expectNoGrowth(
      () => {
        hvp(() => w.tanh().sum(), [w], [v]);
        hvp(() => w.square().sum(), [w], [v]);
        hvp(() => w.mul(2).sum(), [w], [v]);
        const [slope] = grad(w.mul(w).sum(), w, { createGraph: true });
        slope.square().sum().backward();
        w.grad = null;
        w.square().sum().backward(null, { createGraph: true });
        w.addScaled(w.grad as unknown as Tensor, -1e-6);
        w.grad = null;
      },
      { steps: 5_000 },
    );
  });

  test("a moving average of parameters, computed with the graph on", () => {
    const net = new Net();
    let average = net.w1.detach();
    expectNoGrowth(
      () => {
        crossEntropy(net.forward(x), labels).backward();
        net.step();
        average = average.mul(0.9).add(net.w1.mul(0.1));
      },
      { settled: 4 },
    );
  });

  test("parts that are joined, and a parameter used directly and reshaped", () => {
    const w = parameter(6);
    expectNoGrowth(() => {
      const parts = concat([w.reshape([2, 3]), w.reshape([3, 2]).transpose()], 0);
      parts.mul(w.sum()).sum().backward();
      w.addScaled(w.grad as unknown as Tensor, -1e-6);
      w.grad = null;
    });
  });

  test("pinned data", () => {
    const net = new Net();
    const pinned = draw(2, 3).pin();
    expectNoGrowth(() => {
      crossEntropy(net.forward(pinned), labels).backward();
      net.step();
    });
    pinned.unpin();
  });
});
