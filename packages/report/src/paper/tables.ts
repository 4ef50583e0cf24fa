/** A row of Tables 1 and 2: accuracy in per cent by column, and the average that the paper prints beside it. */
export interface ScoreRow {
  /** SST-2, QQP, QNLI, MNLI-m, MNLI-mm, RTE. */
  readonly scores: readonly [number, number, number, number, number, number];
  readonly average: number;
  /** Which definition the printed average fits (the paper mixes two); `neither` where none does. */
  readonly averageIs: 'six-task mean' | 'official score' | 'neither';
  readonly group: string;
}

/** Mean and standard deviation of three runs, in per cent. */
type Spread = readonly [mean: number, deviation: number];

const row =
  (group: string, averageIs: ScoreRow['averageIs'] = 'six-task mean') =>
  (a: number, b: number, c: number, d: number, e: number, f: number, average: number): ScoreRow => ({
    scores: [a, b, c, d, e, f],
    average,
    averageIs,
    group,
  });

const adversarial = row('Adversarial training');
const standard = row('Standard training');
const official = row('Adversarial training', 'official score');
const lowResource = row('Low resource');

/** Table 1: results on AdvGLUE. Which average a row prints was found by arithmetic (methods.md, 0.2). */
export const table1 = {
  dev: {
    FreeLB: adversarial(31.6, 51.0, 45.4, 33.5, 21.9, 42.0, 37.6),
    CreAT: row('Adversarial training', 'neither')(35.3, 51.5, 34.9, 36.0, 22.0, 45.2, 39.1),
    R3F: adversarial(20.0, 38.2, 34.9, 30.8, 33.1, 32.2, 31.5),
    SMART: adversarial(20.6, 39.1, 32.3, 28.6, 32.1, 28.6, 30.2),
    BERT: standard(31.1, 47.4, 36.5, 33.1, 27.8, 34.6, 35.1),
    'EX-BERT': standard(33.8, 42.3, 40.5, 36.3, 33.3, 28.4, 35.8),
    'IM-BERT': standard(39.2, 48.8, 41.2, 38.1, 35.2, 44.4, 41.2),
  },
  test: {
    'SMART-large': official(25.21, 36.49, 34.61, 26.89, 23.32, 38.16, 30.29),
    'SMART-RoBERTa': official(50.29, 64.22, 52.17, 45.56, 36.07, 70.39, 53.71),
    'InfoBERT-RoBERTa': official(47.61, 49.29, 54.86, 50.39, 41.26, 39.47, 46.04),
    'FreeLB-RoBERTa': official(61.69, 42.18, 62.29, 31.59, 27.6, 62.17, 50.47),
    'BERT-large': standard(33.03, 37.91, 39.77, 28.72, 27.05, 40.46, 34.49),
    BERT: standard(21.48, 41.23, 33.47, 28.59, 28.69, 40.79, 32.38),
    'IM-BERT': standard(44.34, 36.02, 48.86, 32.25, 38.89, 43.92, 40.71),
    'IM-RoBERTa': standard(52.04, 69.91, 56.68, 33.68, 37.65, 60.49, 51.74),
  },
} satisfies Record<string, Record<string, ScoreRow>>;

/** Table 2: results on AdvGLUE (dev) after training on 1,000 and on 500 examples. */
export const table2 = {
  n1000: {
    R3F: lowResource(30.4, 37.2, 45.3, 31.5, 31.5, 37.0, 35.5),
    SMART: lowResource(31.1, 46.2, 45.9, 17.4, 30.9, 34.2, 34.3),
    FreeLB: lowResource(33.8, 41.0, 41.9, 24.8, 29.0, 40.7, 35.2),
    BERT: lowResource(32.21, 33.8, 43.5, 32.5, 31.3, 42.4, 36.0),
    'IM-BERT T=5': lowResource(39.0, 41.5, 47.1, 38.3, 30.9, 31.3, 38.0),
    'IM-BERT T=10': lowResource(39.4, 38.0, 52.9, 36.9, 36.4, 35.0, 39.8),
    'IM-BERT T=15': lowResource(44.1, 45.3, 55.0, 36.1, 34.2, 36.2, 41.8),
  },
  n500: {
    R3F: lowResource(29.7, 35.9, 37.8, 25.6, 32.1, 49.4, 35.1),
    SMART: lowResource(35.1, 34.6, 41.9, 24.0, 33.3, 40.7, 35.0),
    FreeLB: lowResource(31.8, 35.9, 48.0, 20.7, 30.3, 48.2, 35.8),
    BERT: lowResource(34.0, 32.5, 43.2, 25.1, 37.0, 47.3, 36.5),
    'IM-BERT T=5': lowResource(41.0, 41.9, 48.0, 35.8, 34.2, 32.9, 38.9),
    'IM-BERT T=10': lowResource(41.9, 48.3, 49.1, 39.7, 36.4, 39.1, 42.4),
    'IM-BERT T=15': lowResource(45.9, 44.4, 47.3, 39.1, 32.5, 36.2, 40.9),
  },
} satisfies Record<string, Record<string, ScoreRow>>;

const level = (word: Spread, sentence: Spread, human: Spread, all: Spread, gflops: number) => ({
  word,
  sentence,
  human,
  all,
  gflops,
  millionParameters: 109.48,
});

/** Table 3: SST-2 in AdvGLUE (dev) by level of attack, mean and deviation of three runs. */
export const table3 = {
  BERT: level([30.1, 8.8], [12.2, 7.1], [24.4, 3.5], [29.1, 2.3], 22.35),
  'Layer (1-3)': level([46.2, 8.0], [29.4, 3.1], [28.4, 2.2], [37.8, 1.4], 50.29),
  'Layer (4-6)': level([41.9, 1.4], [43.1, 1.8], [36.6, 1.9], [41.2, 1.6], 50.29),
  'Layer (7-9)': level([38.1, 2.7], [50.5, 8.2], [26.9, 1.6], [35.8, 2.3], 50.29),
  'Layer (10-12)': level([35.5, 5.3], [28.9, 11.4], [24.0, 7.5], [29.3, 3.4], 50.29),
  'IM-BERT': level([39.2, 4.1], [58.8, 13.5], [33.8, 6.2], [39.2, 0.8], 134.1),
} as const;

/** Table 4: RoBERTa-based models on AdvGLUE by level of attack, average over all tasks, in per cent. */
export const table4 = {
  SMART: { word: 62.01, sentence: 47.72, human: 28.69, average: 46.14 },
  FreeLB: { word: 52.29, sentence: 44.24, human: 46.12, average: 47.55 },
  InfoBERT: { word: 55.42, sentence: 38.03, human: 33.74, average: 42.4 },
  'IM-RoBERTa': { word: 56.3, sentence: 46.44, human: 41.89, average: 48.21 },
} as const;

/** Table 5: accuracy (a share) on IMDB under TextFooler, by iterations of the solver. */
export const table5 = {
  'T=1': { accuracy: 0.2228, gflops: 44.7 },
  'T=5': { accuracy: 0.2316, gflops: 134.1 },
  'T=10': { accuracy: 0.2747, gflops: 245.85 },
  'T=15': { accuracy: 0.2633, gflops: 357.59 },
} as const;

const placement = (accuracy: number, gflops: number, millionParameters = 109.48) => ({
  accuracy,
  gflops,
  millionParameters,
});

/** Table 6: SST-2 in AdvGLUE, by model and by where the implicit connections are. */
export const table6 = {
  BERT: placement(29.1, 22.35),
  'SMART-BERT': placement(20.6, 67.09),
  'IM-BERT (1-3)': placement(37.8, 50.29),
  'IM-BERT (4-6)': placement(41.2, 50.29),
  'IM-BERT (7-9)': placement(35.8, 50.29),
  'IM-BERT (10-12)': placement(29.3, 50.29),
  'IM-BERT (All)': placement(39.2, 134.1),
  'SMART-RoBERTa': placement(50.9, 236.88, 355.36),
  'IM-RoBERTa (4-7)': placement(53.4, 144.76, 355.36),
  'IM-RoBERTa (11-14)': placement(54.7, 144.76, 355.36),
  'IM-RoBERTa (All)': placement(52.0, 473.75, 355.36),
} as const;
