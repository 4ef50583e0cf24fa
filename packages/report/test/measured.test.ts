import { renderReport } from '@im-bert/report';
import { sampleInput } from './sample-input.ts';

const run = { row: 'BERT', task: 'sst2', seed: 1 } as const;

function input(columns: Readonly<Record<string, readonly Record<string, unknown>[]>>) {
  const measured = Object.fromEntries(
    Object.entries(columns).map(([name, rows]) => [name, rows.map((row) => ({ ...run, columns: row }))]),
  );
  return sampleInput({ change: (sample) => ({ ...sample, measured }) });
}

test('what rounding decides is shown with an interval that contains it', async () => {
  const draw = { flipped: 0, examples: 100, growth: 2000, logitShift: 0.5 };
  const { markdown } = await renderReport(
    input({
      sensitivity: [
        { ...draw, draw: 0, right: 50 },
        { ...draw, draw: 1, right: 40, flipped: 14 },
        { ...draw, draw: 2, right: 60, flipped: 10 },
      ],
    }),
  );
  // deviation of 50, 40 and 60 %: 10 points; half-widths 9.6 (Wilson) and 19.6 (rounding) make 21.8
  expect(markdown).toMatch(
    /\*\*BERT\*\* +\| SST-2 +\| +2\.0e\+3 +\| +0\.5 +\| +12\.0 of 100 +\| +50\.0 +\| +40\.0 – 60\.0 +\| +10\.0 +\| +– +\| +28 – 72 +\|/,
  );
});

test('a row that lacks a column is refused by name', async () => {
  await expect(renderReport(input({ sensitivity: [{ draw: 0 }] }))).rejects.toThrow(
    'report input, sensitivity of BERT, sst2, seed 1: expected a number, right, got undefined',
  );
});
