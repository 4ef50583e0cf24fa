import { PassThrough } from 'node:stream';
import { showProgress } from '../src/run/progress.ts';

test('elsewhere than on a terminal, progress is one line a cell with the share of the work and the time left', () => {
  const lines: string[] = [];
  const progress = showProgress(2, 4, { write: (text: string) => lines.push(text) > 0 });
  progress.begin('A', 1);
  progress.update(0.5, 'step 1/2');
  progress.end('A: done');
  progress.begin('B', 3);
  progress.end('B: done');
  progress.close();
  expect(lines).toEqual([
    expect.stringMatching(/^\[1\/2, 25 %, about \S+ s left\] A: done\n$/),
    '[2/2, 100 %, about 0.0 s left] B: done\n',
  ]);
});

test('on a terminal, a cell that ended is a line that stays above the bar', () => {
  const output: string[] = [];
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  terminal.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const progress = showProgress(2, 4, terminal);
  progress.begin('A', 1);
  progress.end('A: done');
  progress.close();
  const text = output.join('');
  const place = text.indexOf('A: done\n');
  expect(place).toBeGreaterThan(0);
  expect(text.slice(place)).toMatch(/25% \| 1\/2 A/);
  expect(text.slice(place + 8)).not.toContain('\u001B8'); // no jump back to where the bar began, over the line
});

test('a cell that takes more than was planned lengthens the time left, and the bar waits instead of going back', () => {
  const output: string[] = [];
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  terminal.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const progress = showProgress(2, 2, terminal);
  progress.begin('A', 1);
  progress.end('A: done');
  progress.begin('B', 1);
  progress.estimate(9);
  for (const share of [0.1, 0.85]) {
    progress.update(share, `step ${share}`);
    progress.say('still there');
  }
  progress.close();
  const shares = [...output.join('').matchAll(/(\d+)% \| 2\/2 B \| step/g)].map(([, share]) => Number(share));
  expect(shares).toEqual([50, 86]); // of 10 s the first 1.9, which is less than half, then 8.65
});
