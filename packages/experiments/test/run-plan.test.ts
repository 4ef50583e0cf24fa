import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@im-bert/core';
import { loadExperiment, type Plan, RunStore } from '@im-bert/experiments';
import { createEngine } from '@im-bert/jit/node';
import { measurements } from '../src/measurements/measurements.ts';
import { subjectId } from '../src/measurements/measurement.ts';
import { slotsOf } from '../src/plan/plan.ts';
import { openAttackTools } from '../src/run/attack-tools.ts';
import { type Corpus, openEmbeddedCorpus } from '../src/run/corpus.ts';
import { type EncoderSource, openEncoder } from '../src/run/encoders.ts';
import { ExecutorPool } from '../src/run/executors.ts';
import { KeptModels } from '../src/run/kept-models.ts';
import { openLog } from '../src/run/log.ts';
import { type Progress, showProgress } from '../src/run/progress.ts';
import { type RunContext, type RunOutcome, runPlan } from '../src/run/run-plan.ts';
import { z } from 'zod';
import { tinyTable, withFiles } from './support/files.ts';
import { planOf } from './support/plans.ts';

/** What a run of the tiny table left behind. */
interface Aftermath {
  readonly outcome: RunOutcome;
  readonly lines: readonly string[];
  readonly store: RunStore;
  readonly replan: () => Promise<Plan>;
  /** Runs what is stale now. */
  readonly rerun: () => Promise<RunOutcome>;
  /** How far each cell was, as it went, and what it was to take when it began and when that was known better. */
  readonly course: CellCourse[];
  readonly folder: string;
}

interface CellCourse {
  readonly estimates: number[];
  readonly shares: number[];
  readonly doings: string[];
}

/** Writes down what a run tells of its progress. */
function recorded(progress: Progress, course: CellCourse[]): Progress {
  return {
    ...progress,
    begin: (cell, estimate) => {
      course.push({ estimates: [estimate], shares: [], doings: [] });
      progress.begin(cell, estimate);
    },
    estimate: (seconds) => {
      course.at(-1)?.estimates.push(seconds);
      progress.estimate(seconds);
    },
    update: (share, doing) => {
      course.at(-1)?.shares.push(share);
      course.at(-1)?.doings.push(doing);
      progress.update(share, doing);
    },
  };
}

/** Runs the tiny table with encoders and a signal of the test's choice. */
async function withRun(
  encoders: (real: EncoderSource) => RunContext['encoders'],
  signal: AbortSignal,
  check: (aftermath: Aftermath) => Promise<void>,
  yaml = tinyTable,
  openCorpus = openEmbeddedCorpus,
): Promise<void> {
  await withFiles({ 'table.yaml': yaml }, async (folder) => {
    const loaded = await loadExperiment(join(folder, 'table.yaml'), 'quick');
    const models = new KeptModels(join(folder, 'models'));
    const [corpus, store] = [openCorpus(), await RunStore.open(join(folder, 'runs.duckdb'))];
    const replan = (): Promise<Plan> =>
      planOf(loaded, store, { digest: (task) => corpus.digest(task), isKept: (model) => models.has(model) });
    const plan = await replan();
    const [row] = plan.rows;
    if (row === undefined) throw new Error('the tiny table has rows');
    const executors = new ExecutorPool(await createEngine('onnx', { threads: 1 }));
    const log = openLog(join(folder, 'log.jsonl'));
    const lines: string[] = [];
    await store.placeSlots(loaded.name, loaded.profile, slotsOf(plan));
    const course: CellCourse[] = [];
    const context: RunContext = {
      corpus,
      executors,
      folder: join(folder, 'cells'),
      checkpointEvery: 50,
      attacks: join(folder, 'attacks'),
      models,
      keep: Infinity,
      signal,
      store,
      encoders: encoders(await openEncoder(row.encoder, unusedHub)),
      progress: recorded(showProgress(2, 1, { write: (text: string) => lines.push(text) > 0 }), course),
      log,
      provenance: { versions: '{}', commit: null, machine: 'm' },
      attackTools: async () => {
        const { attack } = loaded.experiment;
        if (attack === undefined) throw new Error('the table has no attack');
        return openAttackTools(attack, undefined, unusedHub, executors.engine);
      },
    };
    const outcome = await runPlan(plan, context);
    const rerun = async () => runPlan(await replan(), context);
    await check({ outcome, lines, store, replan, rerun, course, folder });
    await executors.dispose();
    log.close();
    store.close();
  });
}

const refuse = (): Promise<never> => Promise.reject(new Error('the embedded data needs no hub'));
const unusedHub = { file: refuse, find: refuse, model: refuse };

const failing: EncoderSource['model'] = () =>
  Promise.reject(new UserError({ where: 'memory', expected: '8 GB', got: '4 GB' }));

test('a cell that fails does not stop the others; its reason is stored, shown and planned', async () => {
  const encoders =
    (real: EncoderSource): RunContext['encoders'] =>
    (cell) =>
      cell.row === 'BERT' ? { ...real, model: failing } : real;
  await withRun(encoders, new AbortController().signal, async ({ outcome, lines, store, replan }) => {
    expect(outcome).toEqual({ done: 1, failed: 1, interrupted: false });
    expect(lines[0]).toContain('BERT, SST-2, seed 1: FAILED: memory: expected 8 GB, got 4 GB.');
    expect(lines[1]).toMatch(/IM-BERT, SST-2, seed 1: clean [\d.]+, adversarial [\d.]+ \(/);
    expect((await store.models()).map(({ status, error }) => [status, error])).toEqual([
      ['failed', 'memory: expected 8 GB, got 4 GB.'],
      ['done', null],
    ]);
    expect((await replan()).cells.map(({ standing }) => standing)).toEqual([
      { state: 'stale', why: 'failed: memory: expected 8 GB, got 4 GB.' },
      { state: 'done' },
    ]);
  });
});

const spectrumRow = z.object({
  subject: z.string(),
  layers: z.array(z.number()),
  radii: z.array(z.number().positive()),
  examples: z.number(),
});

const spectrumQuery = `
  select subject, list(layer order by layer) as layers, list(radius order by layer) as radii, max(examples) as examples
  from spectra_3 group by subject`;

test('a run keeps the spectral radius of every layer, and the same run finds the same', async () => {
  const found: z.infer<typeof spectrumRow>[][] = [];
  for (let run = 0; run < 2; run++)
    await withRun(
      (real) => () => real,
      new AbortController().signal,
      async ({ store }) => {
        found.push(await store.query(spectrumRow, `${spectrumQuery} order by subject`));
      },
    );
  expect(found[0]).toHaveLength(2);
  for (const { layers } of found[0] ?? []) expect(layers).toEqual([1, 2]);
  expect(found[1]).toEqual(found[0]);
}, 60_000);

const pairRow = z.object({ subject: z.string(), pairs: z.number(), attacked: z.number(), moved: z.number() });

const pairQuery = `
  select before.subject, count(*)::integer as pairs, count(after.example)::integer as attacked,
    count_if(before.label = after.label and before.logits <> after.logits)::integer as moved
  from predictions as before left join predictions as after
    on before.subject = after.subject and before.example = after.example and after.split = 'adversarial'
  where before.split = 'original'
  group by before.subject`;

test('a run keeps what the model said of the texts before the attacks, each beside the attacked one', async () => {
  await withRun(
    (real) => () => real,
    new AbortController().signal,
    async ({ store }) => {
      const rows = await store.query(pairRow, pairQuery);
      expect(rows).toHaveLength(2);
      for (const { pairs, attacked, moved } of rows) {
        expect(pairs).toBeGreaterThan(0);
        expect([attacked, moved]).toEqual([pairs, pairs]);
      }
    },
  );
}, 60_000);

test('a run whose signal is set starts no cell', async () => {
  await withRun(
    (real) => () => real,
    AbortSignal.abort(),
    async ({ outcome, store }) => {
      expect(outcome).toEqual({ done: 0, failed: 0, interrupted: true });
      expect(await store.models()).toEqual([]);
    },
  );
});

const attackRow = z.object({
  subject: z.string(),
  attack: z.string(),
  texts: z.number(),
  skipped: z.number(),
  predicted: z.number(),
  queries: z.number(),
  words: z.number(),
});

const attackQuery = `
  select subject, any_value(attack) as attack, count(*)::integer as texts,
    count_if(status = 'skipped')::integer as skipped,
    count_if((predicted = label) = (status = 'failed'))::integer as predicted,
    min(queries)::integer as queries, max(words)::integer as words
  from attack group by subject`;

test('a cell with an attack attacks its own model on the same texts, cut as asked, and keeps each of them', async () => {
  const yaml = tinyTable.replace(
    'rows:',
    'attack: { recipe: { name: deepwordbug }, examples: 4, words: 3 }\nrows:',
  );
  const real = (encoder: EncoderSource) => () => encoder;
  await withRun(
    real,
    new AbortController().signal,
    async ({ outcome, lines, store }) => {
      expect(outcome).toEqual({ done: 2, failed: 0, interrupted: false });
      expect(lines[0]).toMatch(/adversarial [\d.]+, attacked [\d.]+ \(/);
      const rows = await store.query(attackRow, attackQuery);
      expect(rows).toHaveLength(2);
      for (const row of rows)
        expect(row).toMatchObject({ attack: 'deepwordbug', texts: 4, predicted: 4, words: 3 });
      const texts = z.object({ original: z.string(), cells: z.number() });
      const shared = await store.query(
        texts,
        'select original, count(distinct subject)::integer as cells from attack group by original',
      );
      expect(shared.every(({ cells }) => cells === 2)).toBe(true);
    },
    yaml,
  );
}, 60_000);

test('weights are kept without a checkpoint beside them; the oldest beyond the size go, results stay', async () => {
  await withRun(
    (real) => () => real,
    new AbortController().signal,
    async ({ store, replan, folder }) => {
      const models = new KeptModels(join(folder, 'models'));
      expect((await models.list()).map(({ model }) => model)).toEqual(
        (await store.models()).map(({ model }) => model),
      );
      expect(await readdir(join(folder, 'cells'))).toEqual([]);
      const [oldest, other] = await models.list();
      expect((await models.prune(other?.bytes ?? 0)).map(({ model }) => model)).toEqual([oldest?.model]);
      expect(await models.prune(0, (model) => model === other?.model)).toEqual([]);
      expect((await replan()).cells.map(({ standing }) => standing.state)).toEqual(['done', 'done']);
    },
  );
}, 60_000);

/** How far a cell was never goes back, begins at nothing and comes to the last of its stages. */
function expectForwards({ shares }: CellCourse): void {
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares[0]).toBeLessThan(0.2);
  expect(shares.at(-1)).toBeGreaterThan(0.5);
  expect(shares.at(-1)).toBeLessThanOrEqual(1);
}

test('progress never goes back, and a damaged kept model is trained again with training in the time left', async () => {
  await withRun(
    (real) => () => real,
    new AbortController().signal,
    async ({ store, replan, rerun, course, folder }) => {
      expect(course).toHaveLength(2);
      for (const cell of course) {
        expectForwards(cell);
        const [planned = NaN, known = NaN] = cell.estimates;
        expect(known).toBeCloseTo(planned, 9);
        expect(cell.doings[0]).toMatch(/^step 1\//);
      }
      const [bert] = (await replan()).cells;
      if (bert === undefined) throw new Error('no cell');
      const of = { subject: subjectId(bert, measurements.drift), seconds: 1, flops: 1, machine: 'm' };
      await store.keepFailure(measurements.drift, { ...of, model: bert.model }, 'out of memory');
      await truncate(join(folder, 'models', bert.model, 'model.safetensors'), 1000);
      expect(await rerun()).toMatchObject({ done: 1, failed: 0 });
      const again = course[2];
      if (again === undefined) throw new Error('the cell ran again');
      expectForwards(again);
      const [planned = NaN, known = NaN] = again.estimates; // drift alone, then with training
      expect(known).toBeGreaterThan(2 * planned);
      expect(again.doings).toEqual([...again.doings.slice(0, -1), 'drift']);
      expect(again.doings[0]).toMatch(/^step 1\//);
    },
  );
}, 60_000);

/** Texts without their attacked twins, as IMDB's are. */
function cleanCorpus(): Corpus {
  const corpus = openEmbeddedCorpus();
  return { ...corpus, examples: async (task) => ({ ...(await corpus.examples(task)), adversarial: [] }) };
}

const sensitivityRow = z.object({ split: z.string(), draws: z.number(), examples: z.number() });

test('sensitivity to rounding is measured on clean texts where there are no adversarial ones', async () => {
  const found: z.infer<typeof sensitivityRow>[][] = [];
  for (const openCorpus of [openEmbeddedCorpus, cleanCorpus])
    await withRun(
      (real) => () => real,
      new AbortController().signal,
      async ({ store }) => {
        const query = `select split, count(*)::integer as draws, any_value(examples) as examples
          from sensitivity_2 group by subject, split`;
        found.push(await store.query(sensitivityRow, query));
      },
      tinyTable,
      openCorpus,
    );
  const draws = { draws: 5 }; // none, and four of noise
  const [attacked, clean] = [
    { ...draws, split: 'adversarial', examples: 48 },
    { ...draws, split: 'clean', examples: 20 },
  ];
  expect(found).toEqual([
    [attacked, attacked],
    [clean, clean],
  ]);
}, 60_000);

test('training that is never finite is a failed cell with its reason, and so are answers that are no numbers', async () => {
  const yaml = tinyTable.replace('learningRate: 1.0e-3', 'learningRate: 1.0e+30');
  await withRun(
    (real) => () => real,
    new AbortController().signal,
    async ({ outcome, lines, store }) => {
      expect(outcome).toEqual({ done: 0, failed: 2, interrupted: false });
      for (const line of lines.slice(0, 2))
        expect(line).toMatch(/FAILED: (training|predictions|class scores)/);
      expect((await store.models()).every(({ status }) => status === 'failed')).toBe(true);
    },
    yaml,
  );
}, 60_000);
