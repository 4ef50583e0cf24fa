/** What one optimizer step did. A number that was not finite is null: JSON has no other word for it. */
export interface StepRecord {
  /** From 0. */
  readonly step: number;
  readonly epoch: number;
  /** Of the step's batch. */
  readonly loss: number | null;
  readonly learningRate: number;
  /** Global L2 norm of the gradients before clipping. */
  readonly gradientNorm: number | null;
  /** True where loss or norm was not finite, and the weights were left alone. */
  readonly skipped: boolean;
  /** Mean relative residual of each implicit layer by iteration. */
  readonly residuals: readonly ResidualRecord[];
}

/** Relative residuals of one layer, averaged over a batch's real rows; index 0 is before the first iteration. */
export interface ResidualRecord {
  readonly layer: number;
  readonly byIteration: readonly (number | null)[];
}

/** What the validation examples said after an epoch. */
export interface ValidationRecord {
  readonly epoch: number;
  /** Steps done by then. */
  readonly step: number;
  /** Mean cross-entropy. */
  readonly loss: number | null;
  /** In [0, 1]. */
  readonly accuracy: number;
}

/** The number, or null where it is not finite. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
