import { exp } from "../optim/schedules/exact.js";

/** How a token is chosen. */
export interface Sampling {
  /** ≥ 0; 0 takes the likeliest token. */
  readonly temperature: number;
  /** How many of the likeliest tokens are chosen from; null: all. */
  readonly topK: number | null;
}

/**
 * Chooses a token with probability ∝ exp(logit / temperature).
 * @param u uniform in [0, 1)
 */
export function sample(logits: ArrayLike<number>, { temperature, topK }: Sampling, u: number): number {
  const likeliest = Array.from(logits, (_, token) => token).sort((a, b) => logits[b] - logits[a] || a - b);
  if (temperature === 0) return likeliest[0];
  const candidates = likeliest.slice(0, topK ?? likeliest.length);
  const weights = candidates.map((token) => exp((logits[token] - logits[likeliest[0]]) / temperature));
  let left = u * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return candidates[i];
  }
  // Rounding may leave a little over.
  return candidates[candidates.length - 1];
}
