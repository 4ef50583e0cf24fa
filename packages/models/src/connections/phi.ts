import * as tf from '@tensorflow/tfjs-core';
import { firstPositions } from '../encoder/first-positions.ts';
import type { Joint, Layer } from './connection.ts';

/** phi_t of Eq. 5 and 6: the whole layer, or the layer minus the identity, by the specification. */
export function phiOf({ spec, layer }: Pick<Joint, 'spec' | 'layer'>): Layer {
  if (spec.phi === 'layer') return layer;
  return (hidden, evaluation) => {
    const image = layer(hidden, evaluation);
    return tf.sub(image, positionsOf(image, hidden));
  };
}

/** The positions of a state that the layer's image has: all, or the first ones if no others are wanted. */
function positionsOf(image: tf.Tensor, hidden: tf.Tensor): tf.Tensor {
  return firstPositions(hidden, image.shape[1] ?? 0);
}

/** h_{t-1} + eulerStep·phi_t(h_{t-1}): Eq. 5. */
export function explicitStep(joint: Joint): tf.Tensor {
  const increment = phiOf(joint)(joint.hidden, 0);
  const { eulerStep } = joint.spec;
  const hidden = positionsOf(increment, joint.hidden);
  return tf.add(hidden, eulerStep === 1 ? increment : tf.mul(increment, eulerStep));
}
