/**
 * By how much one iteration multiplies the residual: the geometric mean of r_{k+1} / r_k, which is (r_K / r_0)^(1/K).
 * @param residuals r_0 to r_K
 * @returns above 1 if the solver diverges; NaN without an iteration or if a residual is not finite
 */
export function contractionRatio(residuals: readonly number[]): number {
  const iterations = residuals.length - 1;
  if (iterations < 1 || !residuals.every((residual) => Number.isFinite(residual))) return NaN;
  const [start = NaN, end = NaN] = [residuals[0], residuals[iterations]];
  return end === 0 ? 0 : (end / start) ** (1 / iterations);
}
