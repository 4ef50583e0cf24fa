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
