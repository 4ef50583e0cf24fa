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
  const draw = { split: 'adversarial', flipped: 0, examples: 100, growth: 2000, logitShift: 0.5 };
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
    /\*\*BERT\*\* +\| SST-2 +\| AdvGLUE +\| +2\.0e\+3 +\| +0\.5 +\| +12\.0 of 100 +\| +50\.0 +\| +40\.0 – 60\.0 +\| +10\.0 +\| +– +\| +28 – 72 +\|/,
  );
});

test('a row that lacks a column is refused by name', async () => {
  await expect(renderReport(input({ sensitivity: [{ draw: 0 }] }))).rejects.toThrow(
    'report input, sensitivity of BERT, sst2, seed 1: expected a number, right, got undefined',
  );
});

test('calibration error and Brier score come from the bins, with a reliability diagram', async () => {
  const bin = { split: 'adversarial', brier: 0.5 };
  const { markdown, plots } = await renderReport(
    input({
      calibration: [
        { ...bin, bin: 5, examples: 30, right: 15, confidence: 0.55 },
        { ...bin, bin: 9, examples: 10, right: 7, confidence: 0.9, brier: 0.1 },
      ],
    }),
  );
  // 30 examples are off by 0.05 and 10 by 0.2: 3.5 of 40
  expect(markdown).toMatch(/\*\*BERT\*\* +\| SST-2 +\| AdvGLUE +\| +8\.8 +\| +0\.40 +\|/);
  expect(plots['table1-reliability.svg']).toContain('reliability');
});
