import { markdownTable } from '../src/markdown-table.ts';

test('source columns are aligned, and a bar in a cell does not break the table', () => {
  expect(
    markdownTable(
      ['a', 'number'],
      [
        ['x|y', '1.5'],
        ['é ± ü', '12'],
      ],
      ['left', 'right'],
    ),
  ).toBe(
    [
      '| a     | number |', //
      '| ----- | -----: |',
      '| x\\|y  |    1.5 |',
      '| é ± ü |     12 |',
    ].join('\n'),
  );
});
