import { UserError } from '@im-bert/core/errors';
import type { HostTensor } from '@im-bert/core/tensor';
import { flatten } from '../tree.ts';
import { checkHostTensor, isHostTensor, typeText } from './host-tensor.ts';

/** The tensors of an argument list, in order. @throws UserError naming the one that is not a host tensor */
export function leavesOf(name: string, args: readonly unknown[]): readonly HostTensor[] {
  return flatten(args, isHostTensor).map(({ path, leaf }) => {
    const where = `jit "${name}" argument ${path}`;
    if (!isHostTensor(leaf))
      throw new UserError({
        where,
        expected: 'a host tensor (or lists and records of them)',
        got: leaf === null ? 'null' : typeof leaf,
        remedy: 'Make one with floatTensor, intTensor or boolTensor of @im-bert/core.',
      });
    checkHostTensor(leaf, where);
    return leaf;
  });
}

/** Tree, types and shapes of the arguments as text: calls of one signature share one program. */
export function signatureOf(args: readonly unknown[]): string {
  return flatten(args, isHostTensor)
    .map(({ path, leaf }) => `${path}:${isHostTensor(leaf) ? typeText(leaf) : ''}`)
    .join(';');
}

/** A result's name and type. */
interface ResultType {
  readonly name: string;
  readonly value: { readonly dtype: string; readonly shape: readonly number[] };
}

/** The buffers that the caller gave, each at the place of its output. @throws UserError if one does not fit */
export function buffersFor(
  name: string,
  outputs: readonly ResultType[],
  into: unknown,
): readonly (HostTensor | undefined)[] {
  const given = flatten(into, isHostTensor).filter(({ leaf }) => leaf !== undefined);
  const buffers = new Map(given.map(({ path, leaf }) => [path === '' ? 'out' : `out.${path}`, leaf]));
  const result = outputs.map(({ name: output, value }) => {
    const buffer = buffers.get(output);
    buffers.delete(output);
    if (buffer === undefined) return undefined;
    const where = `jit "${name}" buffer for ${output}`;
    if (!isHostTensor(buffer) || typeText(buffer) !== typeText(value))
      throw new UserError({
        where,
        expected: typeText(value),
        got: isHostTensor(buffer) ? typeText(buffer) : typeof buffer,
      });
    checkHostTensor(buffer, where);
    return buffer;
  });
  const [stray] = buffers.keys();
  if (stray !== undefined)
    throw new UserError({
      where: `jit "${name}" buffer for ${stray}`,
      expected: `one of ${outputs.map((output) => output.name).join(', ')}`,
      got: stray,
    });
  return result;
}
