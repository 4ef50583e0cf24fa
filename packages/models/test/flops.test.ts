import {
  connectionSchema,
  type ConnectionSpec,
  monotoneConnection,
  type EncoderConfig,
  forwardFlops,
  type FlopsConvention,
  parameterCount,
} from '@im-bert/models';
import { tinyConfig } from './support/tiny.ts';

const bertBase: EncoderConfig = {
  ...tinyConfig,
  vocabularySize: 30522,
  width: 768,
  layers: 12,
  heads: 12,
  feedForwardWidth: 3072,
  positions: 512,
};
const robertaLarge: EncoderConfig = {
  ...bertBase,
  family: 'roberta',
  vocabularySize: 50265,
  width: 1024,
  layers: 24,
  heads: 16,
  feedForwardWidth: 4096,
  positions: 514,
  tokenTypes: 1,
  padId: 1,
};

function gigaflops(
  config: EncoderConfig,
  convention: FlopsConvention,
  layers?: string,
  iterations = 5,
): number {
  const solver = { name: 'gradient-descent', iterations } as const;
  const connection: ConnectionSpec =
    layers === undefined ? monotoneConnection : connectionSchema.parse({ kind: 'implicit', layers, solver });
  return forwardFlops({ config, connection }, { length: 128, convention }) / 1e9;
}

/** The paper mostly rounds, and once (T = 15) cuts off. */
function printedAs(value: number, printed: number): boolean {
  const digits = 10 ** (String(printed).split('.')[1]?.length ?? 0);
  return [Math.round(value * digits), Math.floor(value * digits)].includes(Math.round(printed * digits));
}

test.each([
  ['Table 3 and 6, BERT', bertBase, undefined, 5, 22.35],
  ['Table 3 and 6, layers 1-3', bertBase, '1-3', 5, 50.29],
  ['Table 3 and 6, layers 4-6', bertBase, '4-6', 5, 50.29],
  ['Table 3 and 6, layers 7-9', bertBase, '7-9', 5, 50.29],
  ['Table 3 and 6, layers 10-12', bertBase, '10-12', 5, 50.29],
  ['Table 3 and 6, all layers', bertBase, 'all', 5, 134.1],
  ['Table 5, T = 1', bertBase, 'all', 1, 44.7],
  ['Table 5, T = 5', bertBase, 'all', 5, 134.1],
  ['Table 5, T = 10', bertBase, 'all', 10, 245.85],
  ['Table 5, T = 15', bertBase, 'all', 15, 357.59],
  ['Table 6, IM-RoBERTa (4-7)', robertaLarge, '4-7', 5, 144.76],
  ['Table 6, IM-RoBERTa (11-14)', robertaLarge, '11-14', 5, 144.76],
  ['Table 6, IM-RoBERTa (All)', robertaLarge, 'all', 5, 473.75],
] as const)('%s: the FLOPs are the printed ones', (_name, config, layers, iterations, printed) => {
  const value = gigaflops(config, 'paper', layers, iterations);
  expect({ value, printed, agrees: printedAs(value, printed) }).toMatchObject({ agrees: true });
});

test.each([
  ['SMART-BERT', bertBase, 67.09],
  ['SMART-RoBERTa', robertaLarge, 236.88],
] as const)(
  'Table 6, %s: three forward passes as calflops counts them are the printed FLOPs',
  (_name, config, printed) => {
    expect(printedAs(3 * gigaflops(config, 'calflops'), printed)).toBe(true);
  },
);

test('matrix products alone miss Table 5 at T = 15, so the conventions can be told apart', () => {
  expect(gigaflops(bertBase, 'matmul', 'all', 15)).toBeCloseTo(357.56, 2);
  expect(printedAs(gigaflops(bertBase, 'matmul', 'all', 15), 357.59)).toBe(false);
});

test("what runs for T = 5 is 248.8 GFLOP, as the paper's figure leaves the derivative out", () => {
  expect(gigaflops(bertBase, 'executed', 'all', 5)).toBeCloseTo(248.84, 1);
  expect(gigaflops(bertBase, 'executed')).toBeCloseTo(gigaflops(bertBase, 'matmul'), 6);
});

test('five evaluations of Picard run half of what five steps of the descent run', () => {
  const flops = (name: string): number =>
    forwardFlops(
      {
        config: bertBase,
        connection: connectionSchema.parse({ kind: 'implicit', solver: { name, iterations: 5 } }),
      },
      { length: 128, convention: 'executed' },
    );
  expect(flops('picard') / flops('gradient-descent')).toBeCloseTo(0.54, 2);
  expect(flops('anderson')).toBe(flops('picard'));
});

test('parameters: 109.48M for BERT-base and 355.36M for RoBERTa-large, whatever the connection', () => {
  expect(parameterCount(bertBase, 2)).toBe(109_483_778);
  expect(parameterCount(robertaLarge, 2)).toBe(355_361_794);
});
