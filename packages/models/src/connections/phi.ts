import * as tf from '@tensorflow/tfjs-core';
import type { Joint, Layer } from './connection.ts';

/** phi_t of Eq. 5 and 6: the whole layer, or the layer minus the identity, by the specification. */
export function phiOf({ spec, layer }: Pick<Joint, 'spec' | 'layer'>): Layer {
  if (spec.phi === 'layer') return layer;
  return (hidden, evaluation) => tf.sub(layer(hidden, evaluation), hidden);
}

/** h_{t-1} + eulerStep·phi_t(h_{t-1}): Eq. 5. */
export function explicitStep(joint: Joint): tf.Tensor {
  const increment = phiOf(joint)(joint.hidden, 0);
  const { eulerStep } = joint.spec;
  return tf.add(joint.hidden, eulerStep === 1 ? increment : tf.mul(increment, eulerStep));
}
