import { elementTypeCodes } from '../graph/elementwise-operators.ts';
import type { ElementType } from '../graph/value.ts';
import { madeBy } from './patterns.ts';
import type { Rule } from './rewrite.ts';

/** Types that hold every value of the key exactly: a detour through one of them changes nothing. */
const wider: Readonly<Record<ElementType, readonly ElementType[]>> = {
  bool: ['bool', 'int32', 'int64', 'float32'],
  int32: ['int32', 'int64'],
  int64: ['int64'],
  float32: ['float32'],
};

/** Cast(x) to its own type, and Cast(Cast(x)) by way of a type that holds all values of x. */
const castChains: Rule = (graph, { operator, inputs, attributes, outputs }) => {
  const [x] = inputs;
  if (operator !== 'Cast' || x === undefined) return undefined;
  if (x.dtype === outputs[0]?.dtype) return x;
  const source = madeBy(x, 'Cast')?.inputs[0];
  if (source === undefined || !wider[source.dtype].includes(x.dtype)) return undefined;
  if (attributes.to === elementTypeCodes[source.dtype]) return source;
  return graph.apply('Cast', [source], attributes);
};

/** Rules for conversions of element type. */
export const castRules: readonly Rule[] = [castChains];
