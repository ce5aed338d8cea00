/**
 * The running mean sᵢ = β·sᵢ₋₁ + (1 − β)·vᵢ over 1 − βⁱ, so that it does not begin at 0. Null is left out, and stays null.
 * @param beta from 0, which changes nothing, to below 1
 */
export function debiased(values: readonly (number | null)[], beta: number): (number | null)[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = beta * sum + (1 - beta) * value;
    weight = beta * weight + (1 - beta);
    return sum / weight;
  });
}
