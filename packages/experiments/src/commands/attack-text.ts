import type { AttackRecord } from '@im-bert/attacks';

/** The text with its changes marked: red on a terminal, [[word]] elsewhere. */
function highlighted(record: Pick<AttackRecord, 'perturbed' | 'changes'>, terminal: boolean): string {
  let text = record.perturbed;
  let from = 0;
  for (const { to } of record.changes) {
    const at = to === '' ? -1 : text.indexOf(to, from);
    if (at === -1) continue;
    const marked = terminal ? `\u001b[1;31m${to}\u001b[0m` : `[[${to}]]`;
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

/** What an attack on one text did, for people. */
export function describeAttack(record: AttackRecord, labels: readonly string[], terminal: boolean): string {
  const { status, queries, cacheHits, changes, words, probabilities } = record;
  const verdicts = {
    success: 'Success: the model is fooled.',
    failed: 'Failed: the model stays right.',
    skipped: 'Skipped: the model is wrong already.',
  };
  return [
    `Before  ${record.original}\n        ${shares(probabilities.original, labels)}`,
    `After   ${highlighted(record, terminal)}\n        ${shares(probabilities.perturbed, labels)}`,
    ...changes.map(
      ({ position, from, to }) => `        word ${position + 1}: ${from === '' ? 'added' : from} -> ${to}`,
    ),
    `${verdicts[status]} ${changes.length} of ${words} words changed, ${queries} queries (${cacheHits} from cache), ` +
      `attack ${record.attack}, seed ${record.seed}.\n`,
  ].join('\n');
}
