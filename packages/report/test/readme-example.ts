import { renderReport } from '@im-bert/report';

const right = [1, 0, 1, 1, 0, 0, 1, 0];
const report = await renderReport({
  table: {
    id: 'demo',
    title: 'Two models on SST-2',
    columns: ['sst2'],
    baseline: 'BERT',
    rows: [
      { name: 'BERT', paper: { table: 'table1', block: 'dev', row: 'BERT' } },
      { name: 'IM-BERT', paper: { table: 'table1', block: 'dev', row: 'IM-BERT' } },
    ],
  },
  dataSets: [
    { task: 'sst2', kind: 'clean', labels: right },
    { task: 'sst2', kind: 'adversarial', labels: right, note: 'eight examples: a demonstration' },
  ],
  cells: [
    {
      row: 'BERT',
      task: 'sst2',
      seed: 1,
      outcome: { status: 'done', predictions: { clean: right, adversarial: [0, 0, 0, 1, 1, 0, 0, 1] } },
    },
    { row: 'IM-BERT', task: 'sst2', seed: 1, outcome: { status: 'missing', command: 'im-bert run demo' } },
  ],
  provenance: {
    command: 'im-bert report demo',
    profile: 'small',
    date: '2026-01-31',
    seconds: 12,
    machine: '2 cores',
    commit: '0123abc',
    versions: { node: process.versions.node },
    notes: [],
  },
  synthetic: false,
});

export const { markdown, summary, plots } = report; // plots: { 'demo-accuracy.svg': '<svg ...' , ... }
