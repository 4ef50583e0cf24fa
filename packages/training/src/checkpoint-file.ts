import { access } from 'node:fs/promises';
import { UserError } from '@im-bert/core';
import { type NamedTensors, openSafetensors, type SafetensorsFile, writeSafetensors } from '@im-bert/models';

/** Groups of named float tensors, such as weights and moments. */
export type TensorGroups = Readonly<Record<string, NamedTensors>>;

/** Under this name a file holds the state that is no tensor, as JSON. */
const stateKey = 'state';

/** Writes a state and tensors, named `group/name`, as one safetensors file, whole or not at all. */
export async function writeCheckpoint(path: string, state: object, groups: TensorGroups): Promise<void> {
  const tensors = Object.entries(groups).flatMap(([group, named]) =>
    Object.entries(named).map(([name, tensor]) => [`${group}/${name}`, tensor] as const),
  );
  await writeSafetensors(path, Object.fromEntries(tensors), {
    metadata: { [stateKey]: JSON.stringify(state) },
  });
}

/**
 * Reads what {@link writeCheckpoint} wrote, to the bit; null where there is no such file.
 *
 * @returns the state as it was written: the file's checksum vouches for it
 * @throws UserError if any byte is not as it was written
 */
export async function readCheckpoint(path: string): Promise<{ state: unknown; groups: TensorGroups } | null> {
  if (await isMissing(path)) return null;
  const file = await openSafetensors(path).catch((error: unknown) => {
    throw damaged(path, error);
  });
  try {
    const state = file.metadata[stateKey];
    if (!file.isChecked || state === undefined) throw damaged(path, 'one without state or checksum');
    return { state: JSON.parse(state) as unknown, groups: await readGroups(file) };
  } finally {
    await file.close();
  }
}

async function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  );
}

async function readGroups(file: SafetensorsFile): Promise<TensorGroups> {
  const groups: Record<string, Record<string, NamedTensors[string]>> = {};
  for (const key of file.entries.keys()) {
    const slash = key.indexOf('/');
    (groups[key.slice(0, slash)] ??= {})[key.slice(slash + 1)] = await file.read(key);
  }
  return groups;
}

function damaged(path: string, fault: unknown): unknown {
  if (fault instanceof Error && !(fault instanceof UserError)) return fault;
  const [mistake] = fault instanceof UserError ? fault.mistakes : [];
  const got = mistake === undefined ? String(fault) : `${mistake.got}, not ${mistake.expected}`;
  const remedy = 'Delete it; training then starts from the beginning.';
  return new UserError({ where: path, expected: 'a whole checkpoint', got, remedy }, { cause: fault });
}
