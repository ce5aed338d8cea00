import { loadDigits } from "../../../src/digits.js";
import { rand, randint, randn, type Tensor, tensor } from "../../../src/index.js";

/** Problems that small models learn in a second. All but the digits depend on the seed in force. */

interface Problem {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Pictures of digits, ink from 0 to 1, as rows or as images [n, 1, 8, 8]. */
export async function digits(image = false): Promise<Problem> {
  const { train } = await loadDigits({ image });
  return { x: train.x as Tensor, y: train.y as Tensor };
}

/** Two half moons with noise. */
export function moons(n = 400): Problem {
  const noise = randn([n, 2]).data;
  const x = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const [angle, lower] = [(Math.PI * (i >> 1)) / (n / 2), i % 2];
    x[2 * i] = Math.cos(angle) * (1 - 2 * lower) + lower - 0.5 + 0.15 * noise[2 * i];
    x[2 * i + 1] = Math.sin(angle) * (1 - 2 * lower) + 0.5 * lower - 0.25 + 0.15 * noise[2 * i + 1];
  }
  return {
    x: tensor(x, { shape: [n, 2] }),
    y: tensor(
      Int32Array.from({ length: n }, (_, i) => i % 2),
      { dtype: "int32" },
    ),
  };
}

/** A curve of one variable with noise. */
export function curve(n = 256): Problem {
  const x = rand([n, 1]).mul(4).sub(2);
  return {
    x: x.detach(),
    y: x
      .mul(2)
      .sin()
      .add(x.mul(0.5))
      .add(randn([n, 1]).mul(0.1))
      .detach(),
  };
}

/** A plane over eight variables with noise. */
export function plane(n = 256): Problem {
  const x = randn([n, 8]);
  const slopes = tensor([[1], [-0.5], [0.3], [0], [0.8], [-1], [0.1], [0]]);
  return {
    x,
    y: x
      .matmul(slopes)
      .add(0.5)
      .add(randn([n, 1]).mul(0.2))
      .detach(),
  };
}

/** Sequences of numbers, and whether their first half or their second has the greater sum. */
export function halves(n = 400, steps = 12): Problem {
  const x = randn([n, steps, 2]);
  const sums = x.sum(2);
  const first = sums
    .slice([
      [0, n],
      [0, steps / 2],
    ])
    .sum(1).data;
  const second = sums
    .slice([
      [0, n],
      [steps / 2, steps],
    ])
    .sum(1).data;
  return {
    x: x.detach(),
    y: tensor(
      Int32Array.from(first, (sum, i) => (sum > second[i] ? 1 : 0)),
      { dtype: "int32" },
    ),
  };
}

/** Sequences of words, and which of three words comes most often. */
export function words(n = 400, steps = 10, vocabulary = 12): Problem {
  const x = randint(0, vocabulary, [n, steps]);
  const tokens = x.data;
  const y = Int32Array.from({ length: n }, (_, i) => {
    const counts = [0, 0, 0];
    for (const token of tokens.slice(i * steps, (i + 1) * steps)) counts[token % 3]++;
    return counts.indexOf(Math.max(...counts));
  });
  return { x, y: tensor(y, { dtype: "int32" }) };
}

/** Sequences that count up with a step of their own, modulo the vocabulary, and their next words. */
export function counting(n = 256, steps = 12, vocabulary = 16): Problem {
  const [from, by] = [randint(0, vocabulary, [n]).data, randint(1, 4, [n]).data];
  const at = (i: number, step: number): number => (from[i] + by[i] * step) % vocabulary;
  const make = (ahead: number): Tensor =>
    tensor(
      Int32Array.from({ length: n * steps }, (_, k) => at(Math.floor(k / steps), (k % steps) + ahead)),
      { shape: [n, steps], dtype: "int32" },
    );
  return { x: make(0), y: make(1) };
}

/** The same labels in another order. */
export function shuffled({ x, y }: Problem): Problem {
  const labels = y.data;
  const keys = rand([labels.length]).data;
  const order = Array.from(labels, (_, i) => i).sort((a, b) => keys[a] - keys[b]);
  return {
    x,
    y: tensor(
      Int32Array.from(order, (from) => labels[from]),
      { dtype: "int32" },
    ),
  };
}
