import { formatDuration } from '@im-bert/core';
import { taskLabels } from './format.ts';
import type { ReportInput } from './input.ts';

/** The closing section: what was run, where, how long it took, and on which data. */
export function provenanceSection({ provenance, dataSets, synthetic }: ReportInput): readonly string[] {
  const { command, profile, date, seconds, machine, commit, versions, notes } = provenance;
  const facts = [
    ['Command', `\`${command}\``],
    ['Profile', profile],
    ['Data', synthetic ? 'synthetic (generated)' : 'real'],
    ['Date', date],
    ['Time taken', formatDuration(seconds)],
    ['Machine', machine],
    ['Commit', commit],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ] as const;
  const dataNotes = dataSets.flatMap(({ task, kind, note }) =>
    note === undefined ? [] : [`${taskLabels[task]}, ${kind}: ${note}`],
  );
  return [
    '## How these numbers were made',
    facts.map(([name, value]) => `- ${name}: ${value}`).join('\n'),
    [...notes, ...dataNotes].map((note) => `- ${note}`).join('\n'),
  ].filter((part) => part !== '');
}
