/**
 * A second derivative in training: a network is taught a curve from few points, once plainly and once with a penalty on the gradient
 * by its input, which keeps it smooth. (Drucker and LeCun, Double Backpropagation, 1992.)
 *
 *     node examples/gradient-penalty.mjs
 */
import { Adam, Dense, grad, linspace, manualSeed, mse, noGrad, randn, Sequential, sin, tensor } from "simdgrad";

function train(penalty) {
  manualSeed(6);
  const x = linspace(-3, 3, 14).reshape([14, 1]);
  const y = sin(x).add(randn([14, 1], { std: 0.3 }));
  const net = new Sequential([new Dense(64, { activation: "tanh", inputShape: [1] }), new Dense(64, { activation: "tanh" }), new Dense(1)]);
  const optimizer = new Adam(net.parameters(), { learningRate: 5e-3 });
  for (let step = 0; step < 800; step++) {
    const at = tensor(x.data, { shape: x.shape, requiresGrad: true });
    const prediction = net.forward(at);
    let loss = mse(prediction, y);
    if (penalty > 0) {
      const [slope] = grad(prediction.sum(), at, { createGraph: true });
      loss = loss.add(slope.square().mean().mul(penalty));
    }
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  const between = linspace(-3, 3, 101).reshape([101, 1]);
  return noGrad(() => mse(net.forward(between), sin(between)).item());
}

console.log("error between the points, against the true curve:");
const [plain, smooth] = [train(0), train(0.05)];
console.log(`plain ${plain.toFixed(3)}, with the penalty ${smooth.toFixed(3)}`);
