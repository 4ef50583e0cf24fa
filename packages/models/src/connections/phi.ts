import * as tf from '@tensorflow/tfjs-core';
import { firstPositions } from '../encoder/first-positions.ts';
import type { Joint, Layer } from './connection.ts';
import type { StepOptions } from './options.ts';

/** phi_t of Eq. 5 and 6: the whole layer, or the layer minus the identity. */
export function phiOf(phi: StepOptions['phi'], layer: Layer): Layer {
  if (phi === 'layer') return layer;
  return (hidden, evaluation) => {
    const image = layer(hidden, evaluation);
    return tf.sub(image, positionsOf(image, hidden));
  };
}

/** The positions of a state that the layer's image has: all, or the first ones if no others are wanted. */
function positionsOf(image: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  return firstPositions(hidden, image.shape[1] ?? 0);
}

/**
 * h_{t-1} + share·eulerStep·phi_t(h_{t-1}): Eq. 5 where the share is 1.
 * @param increment phi_t(h_{t-1}), if it is known
 */
export function explicitStep(
  { eulerStep, phi }: StepOptions,
  { layer, hidden }: Pick<Joint, 'layer' | 'hidden'>,
  increment = phiOf(phi, layer)(hidden, 0),
  share = 1,
): tf.Tensor {
  const factor = share * eulerStep;
  return tf.add(positionsOf(increment, hidden), factor === 1 ? increment : tf.mul(increment, factor));
}
