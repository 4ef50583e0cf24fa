import type { WriteStream } from 'node:tty';
import type { AttackRecord } from '@im-bert/attacks';

/** Whether a stream is a terminal that shows colours, and the user has not asked for none (https://no-color.org). */
export function showsColours(
  stream: Pick<WriteStream, 'isTTY' | 'hasColors'>,
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY && stream.hasColors(16, environment);
}

/** The text with its changes marked: red where there are colours, [[word]] elsewhere. */
function highlighted(record: Pick<AttackRecord, 'perturbed' | 'changes'>, colours: boolean): string {
  let text = record.perturbed;
  let from = 0;
  for (const { to } of record.changes) {
    const at = to === '' ? -1 : text.indexOf(to, from);
    if (at === -1) continue;
    const marked = colours ? `\u001b[1;31m${to}\u001b[0m` : `[[${to}]]`;
    text = text.slice(0, at) + marked + text.slice(at + to.length);
    from = at + marked.length;
  }
  return text;
}

function shares(probabilities: readonly number[], labels: readonly string[]): string {
  return probabilities
    .map((share, label) => `${labels[label] ?? label} ${(100 * share).toFixed(1)} %`)
    .join(', ');
}

/**
 * What an attack on one text did, for people.
 * @param victim says what gave the answers, beside them
 */
export function describeAttack(
  record: AttackRecord,
  victim: string,
  labels: readonly string[],
  colours: boolean,
): string {
  const { status, queries, cacheHits, changes, words, probabilities } = record;
  const verdicts = {
    success: 'Success: the model is fooled.',
    failed: 'Failed: the model stays right.',
    skipped: 'Skipped: the model is wrong already.',
  };
  return [
    `Before  ${record.original}\n        ${shares(probabilities.original, labels)} (${victim})`,
    `After   ${highlighted(record, colours)}\n        ${shares(probabilities.perturbed, labels)}`,
    ...changes.map(
      ({ position, from, to }) => `        word ${position + 1}: ${from === '' ? 'added' : from} -> ${to}`,
    ),
    `${verdicts[status]} ${changes.length} of ${words} words changed, ${queries} queries (${cacheHits} from cache), ` +
      `attack ${record.attack}, seed ${record.seed}.\n`,
  ].join('\n');
}
