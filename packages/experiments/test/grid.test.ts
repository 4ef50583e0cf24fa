import { parseYaml, plainValue, valueAt } from '@im-bert/core';
import { expandGrids } from '../src/experiment/grid.ts';

function rowsOf(yaml: string): unknown {
  return plainValue(expandGrids(parseYaml(yaml, 'grid.yaml')));
}

test('a grid is one row for each combination, the last path varying fastest', () => {
  const rows = rowsOf('IM {a.b} {c}: { keep: 1, grid: { a.b: [1, 2], c: [x, y] } }');
  expect(rows).toEqual({
    'IM 1 x': { keep: 1, a: { b: 1 }, c: 'x' },
    'IM 1 y': { keep: 1, a: { b: 1 }, c: 'y' },
    'IM 2 x': { keep: 1, a: { b: 2 }, c: 'x' },
    'IM 2 y': { keep: 1, a: { b: 2 }, c: 'y' },
  });
});

test('rows of a grid without braces in its name do not share a name', () => {
  expect(Object.keys(rowsOf('IM: { grid: { T: [1, 5] } }') as object)).toEqual(['IM T=1', 'IM T=5']);
});

test("braces in the paper's row are filled too", () => {
  const rows = rowsOf('IM T={T}: { paper: { row: "IM-BERT T={T}" }, grid: { T: [5] } }');
  expect(rows).toEqual({ 'IM T=5': { T: 5, paper: { row: 'IM-BERT T=5' } } });
});

test("a grid's values keep the place where they were written", () => {
  const rows = expandGrids(parseYaml('A:\n  grid:\n    T: [1, 5]\n', 'grid.yaml'));
  expect(valueAt(rows, ['A T=5', 'T'])?.place).toEqual({ source: 'grid.yaml', line: 3, column: 12 });
});
