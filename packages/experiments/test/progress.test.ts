import { showProgress } from '../src/run/progress.ts';

test('elsewhere than on a terminal, progress is one line a cell with the share of the work and the time left', () => {
  const lines: string[] = [];
  const progress = showProgress(2, 4, { write: (text) => lines.push(text) > 0 });
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
