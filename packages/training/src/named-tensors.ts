import type { FloatTensor } from '@im-bert/core';
import type { NamedTensors } from '@im-bert/models';

/** A tensor made from each, under the same name. */
export function mapTensors(tensors: NamedTensors, make: (tensor: FloatTensor) => FloatTensor): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, make(tensor)]));
}
