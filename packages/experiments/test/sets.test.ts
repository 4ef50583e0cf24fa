import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from './support/command.ts';
import { tinyTable, withFiles } from './support/files.ts';

const typos = `
title: Typos of ours
licence: CC0
tasks: [sst2]
labels: [negative, positive]
files: { rows: ./typos.csv }
select: |
  select id, text as text_a, label, pair, clean as before_a from read_csv($rows, all_varchar = true)
`;
const calm = `
title: Calm words
licence: CC0
tasks: [sst2]
files: { rows: ./typos.csv }
select: select id, clean as text_a, clean as before_a from read_csv($rows, all_varchar = true)
`;
// made by hand
const rows = `id,text,label,pair,clean
1,the flim is godo,positive,a,the film is good
2,the flim is bda,negative,a,the film is bad
3,a fien story,positive,b,a fine story
4,a dlul story,negative,b,a dull story
`;
const files = {
  'table.yaml': tinyTable.replace('rows:', 'sets: [./typos.yaml]\nrows:'),
  'typos.yaml': typos,
  'calm.yaml': calm,
  'typos.csv': rows,
};

test('models are scored on sets of one’s own, and on a further one without being trained again', async () => {
  await withFiles(files, async (folder) => {
    const words = ['run', 'table.yaml', '--profile=quick', '--runs=runs'];
    const first = await command(words, folder);
    expect(first.stderr).not.toMatch(/FAILED/);
    expect(first.code).toBe(0);
    const report = (): Promise<string> => readFile(join(folder, 'runs/table/quick/report.md'), 'utf8');
    expect(await report()).toMatch(/## Other sets\n\n.*pairs right/);
    expect(await report()).toMatch(/\| Typos of ours \| \*\*IM-BERT\*\* \| SST-2 +\| +4 \|/);
    await writeFile(
      join(folder, 'table.yaml'),
      files['table.yaml'].replace('typos.yaml]', 'typos.yaml, ./calm.yaml]'),
    );
    const plan = await command(['plan', 'table.yaml', '--profile=quick', '--runs=runs'], folder);
    expect(plan.stdout).toMatch(/sets was never measured on this model/);
    const second = await command(words, folder);
    expect(second.code).toBe(0);
    // a change that changes nothing flips nothing; without labels nothing is right or wrong
    expect(await report()).toMatch(
      /\| Calm words +\| \*\*BERT\*\* +\| SST-2 +\| +4 \|[ –-]+\|[ –-]+\|[ –-]+\| +0\.0 \|/,
    );
  });
}, 60_000);

test('a set that no task of the experiment is for, and an unknown one, are named at their place', async () => {
  for (const [name, line] of [
    [
      'med',
      /table\.yaml:5:\d+ sets\[0\]: expected a set for sst2, got "med", which is for rte, mnli, mnli-mm\./,
    ],
    ['cad-imdbb', /table\.yaml:5:\d+ sets\[0\]: expected one of breaking-nli, .*did you mean "cad-imdb"\?/],
  ] as const) {
    const yaml = tinyTable.replace('rows:', `sets: [${name}]\nrows:`);
    await withFiles({ 'table.yaml': yaml }, async (folder) => {
      const { code, stderr } = await command(['plan', 'table.yaml', '--profile=quick'], folder);
      expect(stderr).toMatch(line);
      expect(code).toBe(1);
    });
  }
});

test('im-bert data loads a set by its file, and shows rows, source and what was left out', async () => {
  const yaml = typos.replace(
    'from read_csv',
    "from (values ('9', '', 'positive', 'c', 'x')) t(id, text, label, pair, clean) union all select id, text, label, pair, clean from read_csv",
  );
  const many = Array.from({ length: 60 }, (_, row) => `${row + 10},text ${row},positive,c,text\n`).join('');
  await withFiles({ 'typos.yaml': yaml, 'typos.csv': rows + many }, async (folder) => {
    const { code, stdout } = await command(['data', 'ensure', 'typos.yaml', '--runs=runs'], folder);
    expect(stdout).toMatch(/typos +CC0 +sst2 +64 +\S*typos\.csv +own/);
    expect(stdout).toMatch(/left out: 9, no text/);
    expect(code).toBe(0);
    const status = await command(['data', 'status', 'cad-imdb', '--runs=runs'], folder);
    expect(status.stdout).toMatch(/cad-imdb +Apache-2\.0 +sst2 imdb +- +not loaded/);
  });
});
