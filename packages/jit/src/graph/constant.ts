import type { ConstantData, ElementType, Value } from './value.ts';

/** The elements as text, -0 unlike 0: two constants are the same if their texts are. */
export function elementTexts(data: ConstantData): readonly string[] {
  const elements: Iterable<number | bigint> = data;
  return Array.from(elements, (element) => (Object.is(element, -0) ? '-0' : String(element)));
}

/** One number as constant data, rounded to the element type. */
export function scalarData(value: number, dtype: ElementType): ConstantData {
  switch (dtype) {
    case 'float32':
      return Float32Array.of(value);
    case 'int32':
      return Int32Array.of(value);
    case 'bool':
      return Uint8Array.of(value === 0 ? 0 : 1);
    case 'int64':
      return BigInt64Array.of(BigInt(Math.trunc(value)));
  }
}

/** The one number that a value holds everywhere: of a constant of one element, or of one that was broadcast. */
export function uniformNumber(value: Value): number | undefined {
  const { origin } = value;
  if (origin.kind === 'constant') return origin.data.length === 1 ? Number(origin.data[0]) : undefined;
  if (origin.kind !== 'node' || !['Expand', 'Reshape', 'Tile'].includes(origin.node.operator))
    return undefined;
  const [source] = origin.node.inputs;
  return source === undefined ? undefined : uniformNumber(source);
}
