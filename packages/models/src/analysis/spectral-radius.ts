import { euclideanNorm, type FloatTensor, floatTensor, randomStream } from '@im-bert/core';
import type { Engine } from '@im-bert/jit';
import type * as tf from '@tensorflow/tfjs-core';
import { phiOf } from '../connections/phi.ts';
import { attentionBias, encoderLayer } from '../encoder/encoder-layer.ts';
import { layerParametersOf, type LayerParameters, parameterOf } from '../encoder/parameters.ts';
import { type Tensors, vectorJacobianProducts } from '../execution/differentiate.ts';
import { float } from '../execution/host-tensors.ts';
import type { NamedTensors } from '../execution/types.ts';
import type { Structure } from '../model/model.ts';
import { tokensOnly } from './rows.ts';

/** Estimates spectral radii of a structure's layers. */
export interface SpectralAnalysis {
  /**
   * The spectral radius of phi's Jacobian at a state, over an example's tokens, by the growth of a random vector under
   * repeated products with the transposed Jacobian (Gelfand's formula). Below 1, plain fixed-point iteration converges
   * there; Algorithm 1 needs a step below 2 / (largest singular value of I - J)² instead.
   * @param index layer, from 0
   * @param hidden state [B, L, D]
   * @param mask [B, L], 1 = token
   * @param products how many; the growth of the last half is averaged
   * @returns by example
   */
  radii(
    parameters: NamedTensors,
    index: number,
    hidden: FloatTensor,
    mask: FloatTensor,
    products?: number,
  ): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

/** Compiles the product with phi's transposed Jacobian, without dropout. */
export function createSpectralAnalysis(engine: Engine, { config, connection }: Structure): SpectralAnalysis {
  const product = engine.compile(
    (parameters: LayerParameters, hidden: tf.Tensor, mask: tf.Tensor, vector: tf.Tensor): Tensors =>
      vectorJacobianProducts(
        (variables) => {
          const layer = (state: tf.Tensor): tf.Tensor =>
            encoderLayer(parameters, config, state, attentionBias(mask), null);
          return phiOf({ spec: connection, layer })(parameterOf(variables, 'hidden'), 0);
        },
        { hidden },
        vector,
      ),
    { name: 'transposed Jacobian of phi' },
  );
  return {
    radii: async (parameters, index, hidden, mask, products = 16) => {
      const random = randomStream(1, 'spectral radius');
      let vector = tokensOnly(
        floatTensor(
          hidden.data.map(() => random.normal()),
          hidden.shape,
        ),
        mask,
      );
      normaliseRows(vector);
      const growth: (readonly number[])[] = [];
      for (let step = 0; step < products; step++) {
        const { hidden: image } = await product(layerParametersOf(parameters, index), hidden, mask, vector);
        vector = tokensOnly(float(image), mask);
        growth.push(normaliseRows(vector));
      }
      const late = growth.slice(Math.floor(products / 2));
      return (late[0] ?? []).map((_, row) => geometricMean(late.map((norms) => norms[row] ?? NaN)));
    },
    dispose: () => product.dispose(),
  };
}

/** Divides each example by its norm, in place, and returns the norms. */
function normaliseRows({ data, shape }: FloatTensor): readonly number[] {
  const [rows = 0] = shape;
  const size = data.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const values = data.subarray(row * size, (row + 1) * size);
    const norm = euclideanNorm(values);
    values.forEach((value, at) => (values[at] = value / norm));
    return norm;
  });
}

const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
