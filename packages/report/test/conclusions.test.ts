import { renderReport } from '@im-bert/report';
import { sampleInput, type SampleOptions } from './sample-input.ts';

const findings = async (options: SampleOptions): Promise<string> =>
  (await renderReport(sampleInput(options))).markdown.split('## Table')[0] ?? '';

test('models that do not differ are said not to differ', async () => {
  const rows = { BERT: { clean: 0.8, adversarial: 0.4 }, 'IM-BERT': { clean: 0.8, adversarial: 0.4 } };
  const text = await findings({ rows });
  expect(text).toContain(
    'No row differs from BERT on AdvGLUE at the 5 % level (this table: 3 paired comparisons',
  );
  expect(text).toMatch(
    /difference IM-BERT − BERT: nothing here supports it and nothing excludes it \(the mean: paper \+8\.9/,
  );
});

test('a large difference is reported with its clean difference', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.2 }, 'IM-BERT': { clean: 0.8, adversarial: 0.8 } };
  const text = await findings({ rows });
  expect(text).toMatch(
    /these differ from BERT on AdvGLUE.*IM-BERT on SST-2 \+\d+\.\d \(p .*clean −\d+\.\d\)/,
  );
  expect(text).toMatch(/difference IM-BERT − BERT: excluded on/);
});

test('a difference of the size of the paper’s is supported when the data suffice', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.3 }, 'IM-BERT': { clean: 0.9, adversarial: 0.39 } };
  const text = await findings({
    rows,
    tasks: ['sst2'],
    seeds: [1],
    sizes: { clean: 300, adversarial: 2000 },
  });
  expect(text).toMatch(/difference IM-BERT − BERT: supported on/);
});

test('a difference of the size of the paper’s at a lower clean accuracy is not called support', async () => {
  const rows = { BERT: { clean: 0.9, adversarial: 0.3 }, 'IM-BERT': { clean: 0.8, adversarial: 0.39 } };
  const text = await findings({
    rows,
    tasks: ['sst2'],
    seeds: [1],
    sizes: { clean: 300, adversarial: 2000 },
  });
  expect(text).toMatch(/difference IM-BERT − BERT: seen, but at a lower clean accuracy.*clean −\d+\.\d/);
  expect(text).not.toContain('supported on');
});

test('a model that has not learned is named, and its adversarial accuracy is called no robustness', async () => {
  const rows = { BERT: { clean: 0.8, adversarial: 0.3 }, 'EX-BERT': { clean: 0.5, adversarial: 0.5 } };
  const text = await findings({ rows });
  expect(text).toMatch(/Clean accuracy is not clearly above the majority class for EX-BERT on SST-2 \(/);
  expect(text).not.toMatch(/majority class for BERT/);
});

test('a table without a baseline draws no comparison', async () => {
  const input = sampleInput();
  const { id, title, columns, rows } = input.table;
  const { markdown } = await renderReport({ ...input, table: { id, title, columns, rows } });
  expect(markdown).not.toContain('example by example');
  expect(markdown).not.toContain('differs from');
});
