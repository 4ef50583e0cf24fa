import { renderReport } from '@im-bert/report';
import { sampleInput } from './sample-input.ts';

const input = sampleInput({ tasks: ['sst2'] });
const seeds = [...new Set(input.cells.map(({ seed }) => seed))];
const pairsOf = (row: string, counts: readonly (readonly [before: number, both: number])[]) =>
  counts.map(([rightBefore, rightBoth], index) => ({
    ...{ row, task: 'sst2' as const, seed: seeds[index] ?? NaN },
    ...{ examples: 50, rightBefore, rightBoth },
  }));

async function section(pairs: ReturnType<typeof pairsOf>): Promise<string> {
  const { markdown } = await renderReport({ ...input, pairs });
  return /## What attacks take\n([^]*?)\n## /.exec(markdown)?.[1] ?? '';
}

test('a row says what share of its right answers the attacks took, by seed', async () => {
  const text = await section(
    pairsOf('BERT', [
      [40, 20],
      [40, 30],
      [50, 25],
    ]),
  );
  // lost: 50, 25 and 50 %
  expect(text).toMatch(
    /\| \*\*BERT\*\* \| SST-2 +\| +50 \| +86\.7 ± 11\.5 \| +50\.0 ± 10\.0 \| +41\.7 ± 14\.4 \| +\d+\.\d ± \d/,
  );
  expect(text).not.toContain('**IM-BERT**');
  expect(text).toMatch(/\d+ of \d+ finished runs are left out/);
});

test('the clean accuracy beside it is that of the same runs', async () => {
  const spread = /\*\*BERT\*\* \|.*\| +(\d+\.\d(?: ± \d+\.\d)?) \|\n/;
  expect(spread.exec(await section(pairsOf('BERT', [[40, 20]])))?.[1]).not.toContain('±');
  expect(
    spread.exec(
      await section(
        pairsOf('BERT', [
          [40, 20],
          [30, 20],
        ]),
      ),
    )?.[1],
  ).toContain('±');
});

test('the conclusions say it as a mean over seeds', async () => {
  const pairs = [
    ...pairsOf('BERT', [[40, 20]]),
    ...pairsOf('IM-BERT', [[0, 0]]),
    ...pairsOf('EX-BERT', [
      [30, 24],
      [10, 4],
    ]),
  ];
  const { markdown } = await renderReport({ ...input, pairs });
  expect(markdown).toContain(
    'so many per cent turn wrong on AdvGLUE (mean over runs): BERT 50.0, EX-BERT 40.0.',
  );
});

test('a model with nothing right has nothing to lose, and its row has no number that is none', async () => {
  const text = await section(pairsOf('IM-BERT', [[0, 0]]));
  expect(text).toMatch(/\*\*IM-BERT\*\* \| SST-2 +\| +50 \| +0\.0 \| +0\.0 \| +– \|/);
  expect(text).not.toMatch(/NaN|Infinity/);
});

test('without pairs there is no section', async () => {
  expect(await section([])).toBe('');
});
