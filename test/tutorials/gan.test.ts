import { expect, test } from "vitest";
import { Adam, binaryCrossEntropy, full, Linear, Module, manualSeed, noGrad, randn, type Tensor } from "../../src/index.js";
import { Watch } from "../support/tutorial.js";

class Network extends Module {
  fc1: Linear;
  fc2: Linear;
  constructor(inputs: number, outputs: number) {
    super();
    this.fc1 = new Linear(inputs, 16);
    this.fc2 = new Linear(16, outputs);
  }
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(x).leakyRelu({ slope: 0.2 }));
  }
}

/** "DCGAN tutorial", with its two updates of the discriminator (real, then fake.detach()) and the generator's through it. */
test("GAN: a generator learns a normal distribution", () => {
  manualSeed(3);
  const [realLabel, fakeLabel, batchSize] = [1, 0, 32];
  const netG = new Network(2, 1);
  const netD = new Network(1, 1);
  const optimizerD = new Adam(netD.parameters(), { learningRate: 5e-3, beta1: 0.5 });
  const optimizerG = new Adam(netG.parameters(), { learningRate: 5e-3, beta1: 0.5 });

  const watch = new Watch();
  const sampled = (): number =>
    noGrad(() =>
      netG
        .forward(randn([500, 2]))
        .mean()
        .item(),
    );
  const before = sampled();
  for (let i = 0; i < 600; i++) {
    // (1) Update D: maximize log(D(x)) + log(1 − D(G(z))).
    netD.zeroGrad();
    const real = randn([batchSize, 1], { mean: 3, std: 0.5 });
    const errDReal = binaryCrossEntropy(netD.forward(real), full([batchSize, 1], realLabel));
    errDReal.backward();
    const fake = netG.forward(randn([batchSize, 2]));
    const errDFake = binaryCrossEntropy(netD.forward(fake.detach()), full([batchSize, 1], fakeLabel));
    errDFake.backward();
    optimizerD.step();

    // (2) Update G: maximize log(D(G(z))).
    netG.zeroGrad();
    const errG = binaryCrossEntropy(netD.forward(fake), full([batchSize, 1], realLabel));
    errG.backward();
    optimizerG.step();
    watch.step(errDReal.item() + errDFake.item() + errG.item());
  }
  watch.flat();
  expect(Math.abs(before - 3)).toBeGreaterThan(2);
  expect(Math.abs(sampled() - 3)).toBeLessThan(0.7);
});
