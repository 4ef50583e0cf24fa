import * as tf from '@tensorflow/tfjs-core';

/**
 * phi_t of Eq. 6 with its parameters: [B, L, D] to [B, L, D].
 * @param iteration which of the solver's iterations asks; picks the dropout mask where masks are fresh
 */
type Phi = (hidden: tf.Tensor, iteration: number) => tf.Tensor;

/** The implicit step's equation h = previous + eulerStep·phi(h), Eq. 6; of the theta method, with its two changed. */
export interface ImplicitEquation {
  readonly phi: Phi;
  /** h_{t-1}, or for the theta method h_{t-1} + (1 - theta)·gamma·phi(h_{t-1}) [B, L, D] */
  readonly previous: tf.Tensor;
  /** gamma of Eq. 6, > 0; theta·gamma for the theta method */
  readonly eulerStep: number;
  /** [B, L, 1], 1 = token: rows that count. null: all of them, as Algorithm 1 is printed. */
  readonly rowMask: tf.Tensor | null;
}

/** The equation's two sides at some h, padding rows zeroed. */
export interface Defect {
  /** r = h - previous - eulerStep·phi(h) [B, L, D] */
  readonly residual: tf.Tensor;
  /** eulerStep·phi(h) [B, L, D]: what the residual is measured against. */
  readonly increment: tf.Tensor;
}

/** Anything whose root a derivative-free solver can look for: h minus its defect's residual is the next h of Picard. */
export interface RootProblem {
  readonly defectAt: (hidden: tf.Tensor, iteration: number) => Defect;
}

/** Zeroes the rows that do not count. */
export function maskRows(x: tf.Tensor, rowMask: tf.Tensor | null): tf.Tensor {
  return rowMask === null ? x : tf.mul(rowMask, x);
}

/** Residual and increment at h. One evaluation of phi. */
export function defectAt(equation: ImplicitEquation, hidden: tf.Tensor, iteration: number): Defect {
  const { phi, previous, eulerStep, rowMask } = equation;
  const image = phi(hidden, iteration);
  const increment = maskRows(eulerStep === 1 ? image : tf.mul(image, eulerStep), rowMask);
  return { residual: tf.sub(maskRows(tf.sub(hidden, previous), rowMask), increment), increment };
}

/**
 * Half the gradient of ||r||² by h, (I - eulerStep·J)ᵀ·r with J = dphi/dh. It evaluates phi once, r included, so a gradient
 * through it passes phi once; `transposedDerivative` of a residual made elsewhere has the same value, but the backward
 * pass would go through two evaluations of phi.
 */
export function halfSquareGradient(
  equation: ImplicitEquation,
  hidden: tf.Tensor,
  iteration: number,
): tf.Tensor {
  return tf.grad((h: tf.Tensor) => tf.mul(tf.sum(tf.square(defectAt(equation, h, iteration).residual)), 0.5))(
    hidden,
  );
}

/**
 * (I - eulerStep·J)ᵀ·cotangent with J = dphi/dh, by one vector-Jacobian product.
 * @param cotangent [B, L, D], padding rows zero
 */
export function transposedDerivative(
  { phi, eulerStep }: Pick<ImplicitEquation, 'phi' | 'eulerStep'>,
  hidden: tf.Tensor,
  cotangent: tf.Tensor,
  iteration: number,
): tf.Tensor {
  const pulled = tf.grad((h: tf.Tensor) => phi(h, iteration))(hidden, cotangent); // Jᵀ·cotangent
  return tf.sub(cotangent, eulerStep === 1 ? pulled : tf.mul(pulled, eulerStep));
}

/**
 * (I - eulerStep·J)·tangent, padding rows zeroed, as the derivative of the transposed product by its cotangent: tfjs has
 * no forward mode.
 * @param anchor any cotangent [B, L, D]; the result does not depend on it. One that `transposedDerivative` has been
 * given at the same h shares its work.
 */
export function derivative(
  equation: ImplicitEquation,
  hidden: tf.Tensor,
  tangent: tf.Tensor,
  anchor: tf.Tensor,
  iteration: number,
): tf.Tensor {
  const transposed = (cotangent: tf.Tensor): tf.Tensor =>
    transposedDerivative(equation, hidden, cotangent, iteration);
  return maskRows(tf.grad(transposed)(anchor, tangent), equation.rowMask);
}
