import { GraphBuilder } from '../src/graph/builder.ts';
import { printGraph } from '../src/graph/print.ts';
import type { Graph, Node } from '../src/graph/value.ts';
import { verifyGraph } from '../src/graph/verify.ts';

function example() {
  const builder = new GraphBuilder('example');
  const x = builder.input('x', 'float32', [2, 3]);
  const sum = builder.apply('ReduceSum', [x, builder.integers([1])], { keepdims: 0 });
  const scaled = builder.apply('Mul', [sum, builder.scalar(0.5)]);
  return { builder, x, sum, scaled, graph: builder.build([{ name: 'out', value: scaled }]) };
}

test('a graph prints one node a line, with types, constants and attributes', () => {
  expect(printGraph(example().graph)).toBe(
    [
      'graph example(x: f32[2,3]) {',
      '  %0: f32[2] = ReduceSum(x, [1]) {keepdims=0}',
      '  %1: f32[2] = Mul(%0, f32 0.5)',
      '  return out = %1',
      '}',
    ].join('\n'),
  );
});

test('a long constant prints as a digest of its values, so that a baked value cannot hide', () => {
  const withTable = (last: number): string => {
    const builder = new GraphBuilder('table');
    const data = new Float32Array(100);
    data[99] = last;
    const table = builder.constant('float32', [100], data);
    return printGraph(builder.build([{ name: 'out', value: builder.apply('Neg', [table]) }]));
  };
  expect(withTable(1)).toMatch(/Neg\(f32\[100\]#[0-9a-f]{16}\)/);
  expect(withTable(1)).toBe(withTable(1));
  expect(withTable(1)).not.toBe(withTable(2));
});

test('equal small constants are one value, and 0 and -0 are two', () => {
  const builder = new GraphBuilder('constants');
  expect(builder.scalar(1)).toBe(builder.scalar(1));
  expect(builder.scalar(1)).not.toBe(builder.scalar(1, 'int32'));
  expect(builder.scalar(0)).not.toBe(builder.scalar(-0));
  expect(builder.scalar(1)).not.toBe(builder.constant('float32', [1], Float32Array.of(1)));
});

test('an operator whose inputs do not fit says which, where and with what types', () => {
  const { builder, x } = example();
  expect(() => builder.apply('Add', [x, builder.constant('float32', [2], new Float32Array(2))])).toThrow(
    'graph "example": Add(float32[2, 3], float32[2]): Error: shapes [2,3] and [2] do not broadcast',
  );
  expect(() => builder.apply('MatMul', [x, x])).toThrow('inner sizes 3 and 2 differ');
  expect(() => builder.apply('Sqrt', [builder.scalar(1, 'int32')])).toThrow('expected float32, got int32');
});

/** The example with its nodes exchanged for others. */
function withNodes(change: (nodes: readonly Node[]) => readonly Node[]): Graph {
  const { graph } = example();
  return { ...graph, nodes: change(graph.nodes) };
}

test.each<[string, Graph, RegExp]>([
  [
    'a node before its input',
    withNodes((nodes) => nodes.toReversed()),
    /node 0 \(Mul\) uses a value before it is made/,
  ],
  ['an output that nothing makes', withNodes((nodes) => nodes.slice(0, 1)), /output out is not made by it/],
  [
    'a type that does not follow',
    withNodes((nodes) => nodes.map((node) => ({ ...node, attributes: { keepdims: 1 } }))),
    /node 0 \(ReduceSum\) result 0 has not the type that its inputs give/,
  ],
  [
    'a value of another node',
    withNodes((nodes) => nodes.map((node) => ({ ...node }))),
    /node 0 \(ReduceSum\) result 0 says that it comes from elsewhere/,
  ],
])('verification refuses %s', (_title, graph, message) => {
  expect(() => {
    verifyGraph(graph);
  }).toThrow(message);
});

test('verification refuses one name for two outputs', () => {
  const { builder, sum, scaled } = example();
  const twice = builder.build([
    { name: 'out', value: sum },
    { name: 'out', value: scaled },
  ]);
  expect(() => {
    verifyGraph(twice);
  }).toThrow(/two inputs or outputs of one name/);
});
