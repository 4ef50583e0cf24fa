import { z } from 'zod';
import { experimentFileSchema } from './schema.ts';

/** The JSON Schema of experiment files, for editors; `schema/experiment.schema.json` is this. */
export function experimentJsonSchema(): string {
  const schema = z.toJSONSchema(experimentFileSchema, { target: 'draft-7', io: 'input', reused: 'ref' });
  return `${JSON.stringify({ title: 'im-bert experiment', ...schema }, null, 2)}\n`;
}
