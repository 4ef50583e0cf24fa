import { readFileSync } from 'node:fs';
import { nearest, systemFault, UserError } from '@im-bert/core';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { AttackCommandOptions } from './commands/attack.ts';
import type { ModelsOptions } from './commands/models.ts';
import type { RunOptions, TableOptions } from './commands/options.ts';

/** Where a command's words go; tests pass their own. */
export interface Terminal {
  error(text: string): void;
}

function positiveInteger(text: string): string {
  if (/^[1-9]\d*$/.test(text)) return text;
  throw new InvalidArgumentError('Expected a positive whole number.');
}

function tableCommand(name: string, description: string, table = '<table>'): Command {
  return new Command(name)
    .description(description)
    .argument(table, 'table1 to table6, solvers, ablations/phi, ..., or the path of a .yaml file')
    .option(
      '--profile <name>',
      'quick (synthetic, minutes), small (real data, a laptop) or paper (a GPU)',
      'quick',
    )
    .option(
      '--hub <folder>',
      'a folder in the layout of the Hugging Face hub; without it: cache, then network',
    )
    .option('--seeds <count|list>', 'how many seeds, or which: 3 or 4,7')
    .option('--tasks <list>', 'which tasks: sst2,rte')
    .option('--budget <minutes>', 'leave out cells that are estimated not to fit', positiveInteger)
    .option('--runs <folder>', 'holds run store, models, checkpoints and reports', 'runs')
    .addOption(new Option('--engine <name>', 'what computes').choices(['onnx', 'tfjs']).default('onnx'));
}

function runCommands(finish: (code: number) => void): Command[] {
  const run = tableCommand('run', 'train and score the cells of a table that have no result yet, then report')
    .option('--threads <count>', 'threads of the engine; all cores by default', positiveInteger)
    .option('--checkpoint-every <steps>', 'steps between checkpoints', positiveInteger, '50')
    .option('--keep <size>', 'most size of trained models in <runs>/models; the oldest go first', '20GB')
    .action(async (table: string, options: RunOptions) => {
      finish(await (await import('./commands/run.ts')).runCommand(table, options));
    });
  const plan = tableCommand('plan', 'list the cells of a table: cost, and why each would run', '[table]')
    .option('--all', 'all tables of the paper, on real data (small) and in the paper’s size')
    .action(async (table: string | undefined, options: TableOptions) => {
      finish(await (await import('./commands/plan.ts')).planCommand(table, options));
    });
  const report = tableCommand('report', 'write the report of a table again from the run store').action(
    async (table: string, options: TableOptions) => {
      finish(await (await import('./commands/report.ts')).reportCommand(table, options));
    },
  );
  const resume = new Command('resume')
    .description('go on with the latest run, of one table or of any')
    .argument('[table]')
    .option('--runs <folder>', 'holds run store, checkpoints and reports', 'runs')
    .action(async (table: string | undefined, { runs }: { runs: string }) => {
      finish(await (await import('./commands/resume.ts')).resumeCommand(table, runs));
    });
  const models = new Command('models')
    .description('list the trained models that are kept, or remove the oldest beyond a size')
    .addArgument(new Argument('[action]').choices(['list', 'prune']).default('list'))
    .option('--keep <size>', 'prune: most size of those that stay, such as 5GB or 0')
    .option('--runs <folder>', 'holds the models', 'runs')
    .action(async (action: 'list' | 'prune', options: ModelsOptions) => {
      finish(await (await import('./commands/models.ts')).modelsCommand(action, options));
    });
  return [run, plan, report, resume, models];
}

function otherCommands(finish: (code: number) => void): Command[] {
  const data = new Command('data')
    .description('show what real data is loaded, or load it')
    .addArgument(new Argument('<action>').choices(['status', 'ensure']))
    .argument('[tasks...]', 'tasks to load; all by default')
    .option(
      '--hub <folder>',
      'a folder in the layout of the Hugging Face hub; without it: cache, then network',
    )
    .option('--runs <folder>', 'holds the data store', 'runs')
    .action(async (action: 'status' | 'ensure', tasks: string[], options: { hub?: string; runs: string }) => {
      finish(await (await import('./commands/data.ts')).dataCommand(action, tasks, options));
    });
  const schema = new Command('schema')
    .description('print the JSON Schema of experiment files')
    .action(async () => {
      process.stdout.write((await import('./experiment/json-schema.ts')).experimentJsonSchema());
      finish(0);
    });
  return [data, schema];
}

function attackCommand(finish: (code: number) => void): Command {
  return new Command('attack')
    .description('attack a sentence (of a pair the second) and show what changes')
    .argument('<text...>', 'one text, or the two of a pair')
    .option(
      '--model <folder>',
      'a trained model, as run keeps it in <runs>/models; else a small one is trained',
    )
    .option('--recipe <name>', 'textfooler, or deepwordbug where there are no vectors, is the default')
    .option('--hub <folder>', 'a folder in the layout of the Hugging Face hub')
    .option('--vectors <file>', 'counter-fitted vectors as text, plain or .gz')
    .option('--task <name>', 'whose labels the model gives', 'sst2')
    .option('--seed <number>', 'of random choices', positiveInteger, '1')
    .option('--label <label>', 'the right label, by name or number; else what the model says')
    .action(async (texts: string[], options: AttackCommandOptions) => {
      finish(await (await import('./commands/attack.ts')).attackCommand(texts, options));
    });
}

/** The option that was most likely meant; commander itself gives up on `--profil=small`, with its value. */
function likelyOption(text: string, command: Command): string | undefined {
  const given = /unknown option '(--[\w-]+)/.exec(text)?.[1];
  const known = command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
  return given === undefined ? undefined : nearest(given, known);
}

/** Commander says what is wrong on one line and the likely word on the next; one line is enough. */
function oneLine(text: string, command: Command): string {
  const line = text.trim().replaceAll(/\n+/g, ' ');
  const likely = line.includes('Did you mean') ? undefined : likelyOption(line, command);
  return `${line}${likely === undefined ? '' : ` (Did you mean ${likely}?)`}\n`;
}

/**
 * The `im-bert` command.
 * @param words the command line without the program's name
 * @returns the exit code; a user's mistake is one line on the terminal and code 1, a defect of ours keeps its trace
 */
export async function main(words: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const finish = (value: number): void => {
    code = value;
  };
  const program = new Command('im-bert')
    .description('Tables and ablations of IM-BERT from one command')
    .version(ownVersion())
    .showSuggestionAfterError();
  for (const command of [...runCommands(finish), attackCommand(finish), ...otherCommands(finish)])
    program.addCommand(command);
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({
      writeErr: (text) => {
        terminal.error(text);
      },
      outputError: (text, write) => {
        write(oneLine(text, command));
      },
    });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    return failure(error, terminal);
  }
}

function ownVersion(): string {
  const own = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(own) as { version: string }).version;
}

function failure(error: unknown, terminal: Terminal): number {
  if (isExit(error)) return error.exitCode;
  const mistake = error instanceof UserError ? error : systemFault(error);
  if (mistake === undefined) throw error;
  terminal.error(`${mistake.message}\n`);
  return 1;
}

/** Commander's way to say that it has printed help or an error. */
function isExit(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && typeof error.exitCode === 'number';
}
