import {
  gradientOfSquare,
  joinLinear,
  type Options,
  plus,
  solved,
  times,
  transposed,
} from './support/linear.ts';

const matrix = [
  [-0.6, 0.4, 0],
  [-0.3, -0.9, 0.2],
  [0.1, 0, -0.2],
];
const start = [1, -2, 0.5];
const identity = matrix.map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));

/** I - eulerStep·matrix */
function system(eulerStep: number): number[][] {
  return identity.map((row, index) => plus(row, matrix[index] ?? [], -eulerStep));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...plus(a, b, -1));
}

test.each([0, 1, 2, 5, 20])(
  '%d steps of the descent on a linear layer are the closed form of its iterates',
  (iterations) => {
    const [eulerStep, stepSize] = [0.8, 0.1];
    const a = system(eulerStep);
    const solution = solved(a, start);
    // h_i - h* = (I - 2·gamma·AᵀA)^i (h_0 - h*), the explicit step being h_0
    let error = plus(plus(start, times(matrix, start), eulerStep), solution, -1);
    for (let i = 0; i < iterations; i++)
      error = plus(error, times(transposed(a), times(a, error)), -2 * stepSize);
    const { state } = joinLinear(matrix, start, {
      eulerStep,
      solver: { name: 'gradient-descent', iterations, stepSize },
    });
    expect(distance(state, plus(solution, error))).toBeLessThan(1e-5);
  },
);

test('no iterations are the explicit connection, for every solver', () => {
  const explicit = joinLinear(matrix, start, {}, 'explicit');
  for (const name of ['gradient-descent', 'picard', 'anderson'])
    expect(joinLinear(matrix, start, { solver: { name, iterations: 0 } }).state).toEqual(explicit.state);
});

test('phi as the layer minus the identity makes the explicit connection with Euler step 1 monotone', () => {
  const monotone = joinLinear(matrix, start, {}, 'monotone').state;
  const explicit = joinLinear(matrix, start, { phi: 'minus-identity' }, 'explicit').state;
  expect(distance(monotone, explicit)).toBeLessThan(1e-6);
});

const converging: readonly [string, Options][] = [
  ['gradient-descent', { name: 'gradient-descent', iterations: 200, stepSize: 0.15 }],
  [
    'spectral steps',
    { name: 'gradient-descent', iterations: 120, stepSize: 1, stepRule: { name: 'spectral' } },
  ],
  ['Cauchy steps', { name: 'gradient-descent', iterations: 60, stepSize: 1, stepRule: { name: 'cauchy' } }],
  [
    'Barzilai-Borwein steps',
    { name: 'gradient-descent', iterations: 30, stepSize: 1, stepRule: { name: 'barzilai-borwein' } },
  ],
  [
    'backtracking',
    {
      name: 'gradient-descent',
      iterations: 80,
      stepSize: 1,
      stepRule: { name: 'backtracking', shrink: 0.5 },
    },
  ],
  ['picard', { name: 'picard', iterations: 60 }],
  ['anderson', { name: 'anderson', iterations: 8 }],
];

test.each(converging)('%s, long enough, solves the implicit equation', (_name, solver) => {
  const { state, relative } = joinLinear(matrix, start, { solver });
  expect(distance(state, solved(system(1), start))).toBeLessThan(1e-3);
  expect(relative.at(-1)).toBeLessThan((relative[0] ?? 0) / 500);
});

test('Anderson needs hardly more iterations than the layer is wide, where Picard needs many', () => {
  const slow = [
    [0.8, 0.1, 0],
    [0, -2.2, 0.3],
    [0.1, 0, -0.4],
  ];
  const after = (name: string): number =>
    joinLinear(slow, start, { solver: { name, iterations: 5 } }).relative.at(-1) ?? NaN;
  expect(after('anderson')).toBeLessThan(1e-3);
  expect(after('picard')).toBeGreaterThan(1e-2);
});

test('on a stiff layer the fixed step blows up, and every adaptive rule lowers the residual all the same', () => {
  const stiff = matrix.map((row) => row.map((value) => 20 * value));
  const last = (stepRule: Options): number => {
    const solver = { name: 'gradient-descent', iterations: 5, stepSize: 0.1, stepRule };
    const { absolute } = joinLinear(stiff, start, { solver });
    return (absolute.at(-1) ?? NaN) / (absolute[0] ?? NaN);
  };
  expect(last({ name: 'fixed' })).toBeGreaterThan(1);
  for (const stepRule of [
    { name: 'spectral' },
    { name: 'cauchy' },
    { name: 'backtracking' },
    { name: 'barzilai-borwein', firstStep: 0.001 },
  ])
    expect({ ...stepRule, lowers: last(stepRule) < 0.9 }).toMatchObject({ lowers: true });
});

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

/** Half-steps of the closed form: A = I - matrix, the explicit start, and the gradient of ||A·h - start||². */
const closed = {
  a: system(1),
  start: plus(start, times(matrix, start)),
  gradient: (h: readonly number[]): number[] =>
    times(transposed(system(1)), plus(times(system(1), h), start, -1)).map((value) => 2 * value),
};

test("Barzilai and Borwein's second step is their long one, (s·s)/(s·y)", () => {
  const firstStep = 0.05;
  const [h0, g0] = [closed.start, closed.gradient(closed.start)];
  const h1 = plus(h0, g0, -firstStep);
  const g1 = closed.gradient(h1);
  const [s, y] = [plus(h1, h0, -1), plus(g1, g0, -1)];
  const [long, short] = [dot(s, s) / dot(s, y), dot(s, y) / dot(y, y)];
  expect(Math.abs(long - short) * dot(g1, g1)).toBeGreaterThan(1e-3); // else the test could not tell
  const stepRule = { name: 'barzilai-borwein', firstStep };
  const solver = { name: 'gradient-descent', iterations: 2, stepSize: 10, stepRule };
  expect(distance(joinLinear(matrix, start, { solver }).state, plus(h1, g1, -long))).toBeLessThan(1e-5);
});

test('the step that a rule chooses is a constant of the gradient', () => {
  const g = closed.gradient(closed.start);
  const along = times(closed.a, g);
  const best = dot(g, g) / (2 * dot(along, along)); // Cauchy's
  const gradient = (stepSize: number, stepRule: Options): readonly number[] => {
    const solver = { name: 'gradient-descent', iterations: 1, stepSize, stepRule };
    return gradientOfSquare(matrix, start, { solver, gradient: { name: 'unrolled' } });
  };
  const chosen = gradient(10, { name: 'cauchy' });
  expect(distance(chosen, gradient(best, { name: 'fixed' }))).toBeLessThan(1e-4);
});

test('backtracking stays where it is when no step helps', () => {
  const stiff = matrix.map((row) => row.map((value) => 1000 * value));
  const solver = {
    name: 'gradient-descent',
    iterations: 2,
    stepSize: 0.1,
    stepRule: { name: 'backtracking', trials: 1 },
  };
  const explicit = joinLinear(stiff, start, {}, 'explicit');
  expect(joinLinear(stiff, start, { solver }).state).toEqual(explicit.state);
});

test('divergence is a value, not an error', () => {
  const solver = { name: 'gradient-descent', iterations: 60, stepSize: 10 };
  const { state } = joinLinear(matrix, start, { solver });
  expect(state.every(Number.isFinite)).toBe(false);
});

/** exp(matrix)·start by its series. */
function exact(): number[] {
  let [term, sum] = [start, start];
  for (let order = 1; order < 40; order++) {
    term = times(matrix, term).map((value) => value / order);
    sum = plus(sum, term);
  }
  return sum;
}

/** dh/dt = matrix·h from 0 to 1 in equal steps. */
function integrated(kind: 'explicit' | 'implicit', steps: number, theta = 1): number[] {
  const solve = kind === 'implicit' ? { theta, solver: { name: 'anderson', iterations: 8 } } : {};
  const options = { eulerStep: 1 / steps, ...solve };
  let state: readonly number[] = start;
  for (let step = 0; step < steps; step++) ({ state } = joinLinear(matrix, state, options, kind));
  return [...state];
}

test.each(['explicit', 'implicit'] as const)(
  '%s Euler converges with order 1 on a linear equation',
  (kind) => {
    const errors = [8, 16, 32].map((steps) => distance(integrated(kind, steps), exact()));
    const orders = errors.slice(1).map((error, index) => Math.log2((errors[index] ?? NaN) / error));
    for (const order of orders) expect(Math.abs(order - 1)).toBeLessThan(0.1);
  },
);

test('the theta method converges with order 2 at the trapezoidal rule and with order 1 beside it', () => {
  const orderOf = (theta: number): number => {
    const [coarse = NaN, fine = NaN] = [4, 8].map((steps) =>
      distance(integrated('implicit', steps, theta), exact()),
    );
    return Math.log2(coarse / fine);
  };
  expect(Math.abs(orderOf(0.5) - 2)).toBeLessThan(0.1);
  expect(Math.abs(orderOf(0.8) - 1)).toBeLessThan(0.2);
});

test.each([0.25, 0.5, 0.75, 1])('theta %d: a decaying state shrinks by its stability function', (theta) => {
  for (const eulerStep of [0.5, 1, 4]) {
    const options = { eulerStep, theta, solver: { name: 'anderson', iterations: 6 } };
    const expected = (1 - 3 * (1 - theta) * eulerStep) / (1 + 3 * theta * eulerStep);
    expect(joinLinear([[-3]], [1], options).state[0]).toBeCloseTo(expected, 4);
  }
});

test('solved, the implicit step is stable on a decaying equation at any Euler step, and the explicit one is not', () => {
  const decay = [[-3]];
  const amplification = (kind: 'explicit' | 'implicit', eulerStep: number): number => {
    const solve = kind === 'implicit' ? { solver: { name: 'anderson', iterations: 6 } } : {};
    return Math.abs(joinLinear(decay, [1], { eulerStep, ...solve }, kind).state[0] ?? NaN);
  };
  for (const eulerStep of [0.5, 1, 4]) {
    expect(amplification('implicit', eulerStep)).toBeCloseTo(1 / (1 + 3 * eulerStep), 4); // Proposition 2
    expect(amplification('explicit', eulerStep)).toBeCloseTo(Math.abs(1 - 3 * eulerStep), 4); // Proposition 1
  }
});
