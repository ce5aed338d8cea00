import { power } from "../../optim/schedules/exact.js";
import { known, median } from "../numbers.js";
import type { Rule } from "../rule.js";
import { firstLoss } from "./startLoss.js";
import { digits, finding } from "./words.js";

/** A plain recurrence whose states grow by this factor in each step, as long as the activation lets them. */
const RADIUS = 1.5;
/** How much the loss would change if the weight changed by itself, relative to the loss at the start. */
const STEEP = 100;
/** A gradient this many times the usual one is a spike. */
const SPIKE = 1000;

/**
 * A weight that is applied at every step multiplies the gradient as often: it explodes where the weight's spectral radius is above 1 (Pascanu et
 * al. 2013, arXiv 1211.5063).
 */
export const explodingRecurrence: Rule = (run) => {
  const { inspection, records, diverged } = run;
  const start = firstLoss(run) ?? 1;
  return (inspection?.recurrences ?? []).flatMap(({ path, radius }) => {
    const seen = records.map(({ parameters }) => parameters.find((one) => one.path === path) ?? null);
    const gradients = known(seen.map((one) => one?.gradient ?? null));
    const steepness = Math.max(
      0,
      ...seen.map((one) => ((one?.gradient ?? 0) * (one?.weight ?? 0) * sizeOf(one?.shape ?? [])) / Math.max(start, 1e-12)),
    );
    const spike = gradients.length < 4 ? 1 : Math.max(...gradients) / median(gradients);
    const grows = radius !== null && radius > RADIUS;
    if (!grows && !(steepness > STEEP) && !(spike > SPIKE) && !(diverged !== null && radius !== null && radius > 1)) return [];
    const reason = grows
      ? `The recurrent weight ${path} has spectral radius ${digits(radius)}: over 20 steps it multiplies states and gradients by up to ${digits(power(radius, 20))}.`
      : steepness > STEEP
        ? `The gradient of the recurrent weight ${path} is so large that 1 % of a change of the weight would change the loss by ${digits(steepness / 100)} times its first value.`
        : `The gradient of the recurrent weight ${path} is at times ${digits(spike)} times its usual size.`;
    return finding(
      {
        name: "explodingRecurrence",
        severity: 0.85,
        place: path,
        seen: reason,
        usual: "A spectral radius of about 1 or below, and gradients of one size throughout.",
        advice: [
          "Clip the gradients: globalClipNorm: 1 in the optimizer's options.",
          'Start the recurrent weight smaller, or orthogonal: weightInitializer: "orthogonal".',
          "Use LSTM or GRU, whose gates carry the gradient; shorten the sequences; lower the learning rate.",
        ],
      },
      "exploding-recurrence",
    );
  });
};

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
