import {
  loadYaml,
  locate,
  mergeLocated,
  pairedBootstrap,
  randomStream,
  UserError,
  validate,
} from '@im-bert/core';
import * as z from 'zod';

const schema = z.strictObject({
  connection: z.enum(['monotone', 'explicit', 'implicit']),
  epochs: z.int().min(1).default(3),
});

/** Reads a table, lays an option over it, and shows every mistake with the place it came from. */
export async function readTable(path: string): Promise<string> {
  const document = mergeLocated(await loadYaml(path), locate({ epochs: 2 }, '--epochs=2'));
  try {
    const { connection, epochs } = validate(schema, document);
    return `${connection}, ${epochs} epochs`;
  } catch (error) {
    // table.yaml:1:13 connection: expected monotone, explicit or implicit, got "implict", did you mean "implicit"?
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

/** Two models on the same four examples, right (1) or wrong (0): their difference, its interval and its p value. */
export function compare(): number {
  const [first, second] = [
    [1, 1, 0, 1],
    [1, 0, 0, 0],
  ];
  const differences = first.map((right, example) => right - (second[example] ?? 0));
  return pairedBootstrap([{ seeds: [differences] }], randomStream(1, 'comparison')).difference; // 0.5
}
