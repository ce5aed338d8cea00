import { expect, test } from "vitest";
import {
  Adam,
  AdamW,
  binaryCrossEntropy,
  capture,
  clipGradValue,
  crossEntropy,
  Dense,
  Dropout,
  Embedding,
  grad,
  LayerNorm,
  Linear,
  Module,
  manualSeed,
  mse,
  noGrad,
  onesLike,
  Parameter,
  RMSprop,
  randint,
  randn,
  Sequential,
  SGD,
  type Tensor,
  zeros,
} from "../../src/index.js";
import { cube } from "../support/cube.js";

/** What a program makes: its step, its inputs, and the modules whose numbers are compared. */
interface Program {
  step: (...inputs: Tensor[]) => Tensor | Tensor[];
  inputs: () => Tensor[];
  modules: Module[];
}

/** The same results and the same numbers after some steps, captured and as they are. */
function expectSame(make: () => Program): void {
  const run = (captured: boolean) => {
    manualSeed(11);
    const { step, inputs, modules } = make();
    const taken = captured ? capture(step) : step;
    const results = Array.from({ length: 9 }, () => [taken(...inputs())].flat().map((t) => Array.from(t.data)));
    if (captured) expect((taken as ReturnType<typeof capture>).status()).toMatchObject({ state: "replaying", replays: 6 });
    return { results, state: modules.map((module) => [...module.stateDict()].map(([name, t]) => [name, Array.from(t.data)])) };
  };
  expect(run(true)).toEqual(run(false));
}

test("a generative adversarial network: two optimizers, one step", () => {
  expectSame(() => {
    const generator = new Sequential([new Dense(16, { activation: "relu", inputShape: [4] }), new Dense(6)]);
    const discriminator = new Sequential([new Dense(16, { activation: "leakyRelu", inputShape: [6] }), new Dropout(0.2), new Dense(1)]);
    const [g, d] = [new Adam(generator.parameters()), new Adam(discriminator.parameters())];
    const step = (real: Tensor, noise: Tensor, one: Tensor, zero: Tensor): Tensor[] => {
      const fake = generator.forward(noise);
      const lossD = binaryCrossEntropy(discriminator.forward(real), one).add(
        binaryCrossEntropy(discriminator.forward(fake.detach()), zero),
      );
      d.zeroGrad();
      lossD.backward();
      d.step();
      const lossG = binaryCrossEntropy(discriminator.forward(fake), one);
      g.zeroGrad();
      lossG.backward();
      g.step();
      return [lossD, lossG];
    };
    const inputs = (): Tensor[] => [randn([8, 6]), randn([8, 4]), zeros([8, 1]).add(1), zeros([8, 1])];
    return { step, inputs, modules: [generator, discriminator] };
  });
});

test("gradients accumulated over micro-batches, clipped, with weight decay in groups", () => {
  expectSame(() => {
    const net = new Sequential([new Linear(6, 12), new LayerNorm([12]), new Linear(12, 3)]);
    const named = [...net.namedParameters()];
    const optimizer = new AdamW([
      { params: named.filter(([name]) => /weight/.test(name)).map(([, p]) => p), weightDecay: 0.1 },
      { params: named.filter(([name]) => /bias/.test(name)).map(([, p]) => p), weightDecay: 0, learningRate: 0.01 },
    ]);
    const step = (x: Tensor, y: Tensor): Tensor => {
      optimizer.zeroGrad();
      let total: Tensor | null = null;
      for (const [i, part] of x.split(4, 0).entries()) {
        const loss = crossEntropy(net.forward(part).tanh(), y.slice([[4 * i, 4 * i + 4]])).div(3);
        loss.backward();
        total = total === null ? loss.detach() : total.add(loss.detach());
      }
      clipGradValue(net.parameters(), 0.01);
      optimizer.step();
      return total as Tensor;
    };
    return { step, inputs: () => [randn([12, 6]), randint(0, 3, [12])], modules: [net] };
  });
});

test("a recurrent network by hand, with tied weights and a state that is carried on", () => {
  expectSame(() => {
    class Rnn extends Module {
      embed = new Embedding(7, 8);
      inner = new Linear(8, 8);
      bias = new Parameter(zeros([7]));
      forward(tokens: Tensor, state: Tensor): [Tensor, Tensor] {
        let h = state;
        const logits: Tensor[] = [];
        for (let t = 0; t < 4; t++) {
          h = this.embed
            .forward(tokens.slice([null, t]))
            .add(this.inner.forward(h))
            .tanh();
          logits.push(h.linear(this.embed.weight, this.bias));
        }
        return [logits.reduce((a, b) => a.add(b)), h];
      }
    }
    const net = new Rnn();
    const optimizer = new RMSprop(net.parameters(), { centered: true, momentum: 0.9, globalClipNorm: 0.5 });
    let state = zeros([3, 8]);
    const step = (tokens: Tensor, before: Tensor, y: Tensor): Tensor[] => {
      const [logits, after] = net.forward(tokens, before) as [Tensor, Tensor];
      const loss = crossEntropy(logits, y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return [loss, after];
    };
    const inputs = (): Tensor[] => {
      state = state.add(0.1);
      return [randint(0, 7, [3, 4]), state, randint(0, 7, [3])];
    };
    return { step, inputs, modules: [net] };
  });
});

test("a gradient penalty: gradients of gradients within the step", () => {
  expectSame(() => {
    const critic = new Sequential([new Linear(5, 8), new Linear(8, 1)]);
    const optimizer = new SGD(critic.parameters(), { learningRate: 0.05, momentum: 0.9, nesterov: true });
    const probe = new Parameter(zeros([4, 5]));
    const step = (x: Tensor): Tensor => {
      const at = probe.mul(0).add(x);
      const y = critic.layers[1].forward(critic.layers[0].forward(at).tanh()) as Tensor;
      const [g] = grad(y, at, { gradOutputs: [onesLike(y)], createGraph: true });
      const loss = y.mean().add(g.square().sum(1).sqrt().sub(1).square().mean().mul(10));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      probe.grad = null;
      return loss;
    };
    return { step, inputs: () => [randn([4, 5])], modules: [critic] };
  });
});

test("distillation: a frozen teacher under noGrad, an L2 penalty, an exponential mean of the weights", () => {
  expectSame(() => {
    const [teacher, student, mean] = [1, 2, 3].map(() => new Sequential([new Linear(6, 10), new Linear(10, 3)]));
    teacher.freeze();
    mean.freeze();
    const optimizer = new Adam(student.parameters());
    const step = (x: Tensor): Tensor => {
      const wanted = noGrad(() => teacher.forward(x).softmax());
      let loss = mse(student.forward(x).softmax(), wanted);
      for (const p of student.parameters()) loss = loss.add(p.square().sum().mul(1e-3));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      const [to, from] = [mean.parameters(), student.parameters()];
      for (const [i, p] of to.entries()) p.addScaled(from[i], 0.01);
      return loss;
    };
    return { step, inputs: () => [randn([5, 6])], modules: [student, mean] };
  });
});

test("an operation of one's own: of formulas it is replayed, of JavaScript it is refused", () => {
  const swish = (x: Tensor): Tensor => x.mul(x.sigmoid());
  expectSame(() => {
    const net = new Sequential([new Linear(4, 4)]);
    const step = (x: Tensor): Tensor => {
      const loss = swish(net.forward(x)).sum();
      loss.backward();
      net.parameters()[0].grad = null;
      net.parameters()[1].grad = null;
      return loss;
    };
    return { step, inputs: () => [randn([2, 4])], modules: [net] };
  });
  const step = capture((x: Tensor) => cube(x.mul(2)));
  expect(() => {
    for (let i = 0; i < 3; i++) step(randn([3]));
  }).toThrow(/JavaScript reads the elements of a result of "(mul|cube)"/);
});
