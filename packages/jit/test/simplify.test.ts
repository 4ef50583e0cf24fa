import { GraphBuilder } from '../src/graph/builder.ts';
import { printGraph } from '../src/graph/print.ts';
import type { Value } from '../src/graph/value.ts';
import { simplify } from '../src/simplify/simplify.ts';

/** The nodes, one a line, that are left of what `write` makes of x [2, 3]; and what is returned. */
function left(write: (graph: GraphBuilder, x: Value) => Value): string[] {
  const builder = new GraphBuilder('g');
  const x = builder.input('x', 'float32', [2, 3]);
  const lines = printGraph(simplify(builder.build([{ name: 'out', value: write(builder, x) }]))).split('\n');
  return lines.slice(1, -1).map((line) => line.trim());
}

const none = ['return out = x'];

test.each<[string, (graph: GraphBuilder, x: Value) => Value]>([
  ['an identity', (g, x) => g.apply('Identity', [x])],
  ['a cast to the same type', (g, x) => g.apply('Cast', [x], { to: 1 })],
  ['a double negation', (g, x) => g.apply('Neg', [g.apply('Neg', [x])])],
  ['zero added', (g, x) => g.apply('Add', [g.scalar(0), x])],
  ['zero taken off', (g, x) => g.apply('Sub', [x, g.scalar(0)])],
  ['one times', (g, x) => g.apply('Mul', [x, g.apply('Expand', [g.scalar(1), g.integers([2, 3])])])],
  ['a division by one', (g, x) => g.apply('Div', [x, g.scalar(1)])],
  ['the first power', (g, x) => g.apply('Pow', [x, g.scalar(1)])],
  ['a reshape to the same shape', (g, x) => g.apply('Reshape', [x, g.integers([2, 3])])],
  [
    'a reshape there and back',
    (g, x) => g.apply('Reshape', [g.apply('Reshape', [x, g.integers([6])]), g.integers([2, 3])]),
  ],
  [
    'a transposition there and back',
    (g, x) => g.apply('Transpose', [g.apply('Transpose', [x], { perm: [1, 0] })], { perm: [1, 0] }),
  ],
  ['padding by nothing', (g, x) => g.apply('Pad', [x, g.integers([0, 0, 0, 0]), g.scalar(0)])],
  [
    'a slice of everything',
    (g, x) =>
      g.apply('Slice', [x, g.integers([0, 0]), g.integers([2, 3]), g.integers([0, 1]), g.integers([1, 1])]),
  ],
])('%s leaves nothing', (_title, write) => {
  expect(left(write)).toEqual(none);
});

test.each<[string, (graph: GraphBuilder, x: Value) => Value, string[]]>([
  [
    'a reversal is not a slice of everything',
    (g, x) =>
      g.apply('Slice', [x, g.integers([0, 2]), g.integers([2, -4]), g.integers([0, 1]), g.integers([1, -1])]),
    ['%0: f32[2,3] = Slice(x, [0, 2], [2, -4], [0, 1], [1, -1])', 'return out = %0'],
  ],
  [
    'zero that widens stays',
    (g, x) => g.apply('Add', [x, g.apply('Expand', [g.scalar(0), g.integers([4, 2, 3])])]),
    ['%0: f32[4,2,3] = Expand(f32 0, [4, 2, 3])', '%1: f32[4,2,3] = Add(x, %0)', 'return out = %1'],
  ],
  [
    'three reshapes are one',
    (g, x) =>
      [[6], [3, 2], [1, 6]].reduce((value, shape) => g.apply('Reshape', [value, g.integers(shape)]), x),
    ['%0: f32[1,6] = Reshape(x, [1, 6])', 'return out = %0'],
  ],
  [
    'two transpositions are one',
    (g, x) => {
      const cube = g.apply('Reshape', [x, g.integers([1, 2, 3])]);
      return g.apply('Transpose', [g.apply('Transpose', [cube], { perm: [2, 0, 1] })], { perm: [0, 2, 1] });
    },
    [
      '%0: f32[1,2,3] = Reshape(x, [1, 2, 3])',
      '%1: f32[3,2,1] = Transpose(%0) {perm=[2,1,0]}',
      'return out = %1',
    ],
  ],
  [
    'a transposition of axes of size one is a reshape',
    (g, x) => g.apply('Transpose', [g.apply('Reshape', [x, g.integers([6, 1])])], { perm: [1, 0] }),
    ['%0: f32[1,6] = Reshape(x, [1, 6])', 'return out = %0'],
  ],
  [
    'minus a negation is plus',
    (g, x) => g.apply('Sub', [g.apply('Exp', [x]), g.apply('Neg', [x])]),
    ['%0: f32[2,3] = Exp(x)', '%1: f32[2,3] = Add(%0, x)', 'return out = %1'],
  ],
  [
    'a cast through a wider type is one cast, through a narrower one two',
    (g, x) => {
      const positive = g.apply('Greater', [x, g.scalar(0)]);
      const wide = g.apply('Cast', [g.apply('Cast', [positive], { to: 6 })], { to: 1 });
      return g.apply('Add', [wide, g.apply('Cast', [g.apply('Cast', [x], { to: 6 })], { to: 1 })]);
    },
    [
      '%0: bool[2,3] = Greater(x, f32 0)',
      '%1: f32[2,3] = Cast(%0) {to=1}',
      '%2: i32[2,3] = Cast(x) {to=6}',
      '%3: f32[2,3] = Cast(%2) {to=1}',
      '%4: f32[2,3] = Add(%1, %3)',
      'return out = %4',
    ],
  ],
  [
    'arithmetic on constants is done, rounded to float32',
    (g, x) =>
      g.apply('Mul', [
        x,
        g.apply('Reciprocal', [g.apply('Sqrt', [g.apply('Add', [g.scalar(1), g.scalar(2)])])]),
      ]),
    [`%0: f32[2,3] = Mul(x, f32 ${Math.fround(1 / Math.fround(Math.sqrt(3)))})`, 'return out = %0'],
  ],
  [
    'what nothing needs is not there',
    (g, x) => {
      g.apply('Sin', [g.apply('Cos', [x])]);
      return g.apply('Exp', [x]);
    },
    ['%0: f32[2,3] = Exp(x)', 'return out = %0'],
  ],
  [
    'what is computed twice is there once',
    (g, x) => g.apply('Mul', [g.apply('Exp', [x]), g.apply('Exp', [x])]),
    ['%0: f32[2,3] = Exp(x)', '%1: f32[2,3] = Mul(%0, %0)', 'return out = %1'],
  ],
  [
    'a number that multiplies an operand goes into the product',
    (g, x) =>
      g.apply('MatMul', [g.apply('Mul', [x, g.scalar(0.5)]), g.apply('Reshape', [x, g.integers([3, 2])])]),
    ['%0: f32[3,2] = Reshape(x, [3, 2])', '%1: f32[2,2] = FusedMatMul(x, %0) {alpha=0.5}', 'return out = %1'],
  ],
])('%s', (_title, write, expected) => {
  expect(left(write)).toEqual(expected);
});

test('a large product with its left side transposed copies the narrower side, once', () => {
  const builder = new GraphBuilder('g');
  const a = builder.input('a', 'float32', [256, 512]);
  const b = builder.input('b', 'float32', [256, 128]);
  const graph = builder.build([
    { name: 'out', value: builder.apply('Gemm', [a, b], { transA: 1, transB: 0 }) },
  ]);
  expect(printGraph(simplify(graph)).split('\n').slice(1, 4)).toEqual([
    '  %0: f32[128,256] = Transpose(b) {perm=[1,0]}',
    '  %1: f32[128,512] = MatMul(%0, a)',
    '  %2: f32[512,128] = Transpose(%1) {perm=[1,0]}',
  ]);
});

test.each<[string, (graph: GraphBuilder, x: Value, y: Value) => readonly [Value, Value], number]>([
  ['left', (g, x, y) => [g.apply('Mul', [x, g.scalar(3)]), y], 3],
  ['right', (g, x, y) => [x, g.apply('Mul', [g.scalar(5), y])], 5],
  ['both', (g, x, y) => [g.apply('Mul', [g.scalar(3), x]), g.apply('Mul', [y, g.scalar(5)])], 15],
])('a number that multiplies an operand of a product, %s, goes inside it', (_title, operands, alpha) => {
  const found = left((g, x) =>
    g.apply('MatMul', [...operands(g, x, g.apply('Transpose', [x], { perm: [1, 0] }))]),
  );
  expect(found.join(' ')).toMatch(new RegExp(`FusedMatMul\\(x, .*alpha[:=] ?${alpha}\\b`));
  expect(found.join(' ')).not.toContain('Mul(x, f32');
});
