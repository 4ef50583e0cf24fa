import { statSync } from 'node:fs';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { AttackCommandOptions } from './commands/attack.ts';
import type { ModelsOptions } from './commands/models.ts';
import { defaults, type RunOptions, type TableOptions } from './commands/options.ts';
import { failure, ownVersion } from './failure.ts';
import { makeStrict, refuseUnknown, type Terminal } from './strict.ts';

function positiveInteger(text: string): string {
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))) return text;
  throw new InvalidArgumentError('Expected a positive whole number.');
}

/** More than any machine has; each takes memory and a place in the process's table. */
const mostThreads = 1024;

function threadCount(text: string): string {
  if (Number(positiveInteger(text)) <= mostThreads) return text;
  throw new InvalidArgumentError(`Expected at most ${mostThreads}.`);
}

/** The folder of runs is made where there is none; something else in its place is a mistake. */
function folderName(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() !== false) return text;
  throw new InvalidArgumentError('Expected a folder, got a file.');
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
    .option('--runs <folder>', 'holds run store, models, checkpoints and reports', folderName, defaults.runs)
    .addOption(
      new Option('--engine <name>', 'what computes').choices(['onnx', 'tfjs']).default(defaults.engine),
    );
}

function runCommands(finish: (code: number) => void): Command[] {
  const run = tableCommand('run', 'train and score the cells of a table that have no result yet, then report')
    .option('--threads <count>', 'threads of the engine; all cores by default', threadCount)
    .option(
      '--checkpoint-every <steps>',
      'steps between checkpoints',
      positiveInteger,
      defaults.checkpointEvery,
    )
    .option(
      '--keep <size>',
      'most size of trained models in <runs>/models; the oldest go first',
      defaults.keep,
    )
    .action(async (table: string, options: RunOptions) => {
      finish(await (await import('./commands/run.ts')).runCommand(table, options));
    });
  const plan = tableCommand('plan', 'list the cells of a table: cost, and why each would run', '[table]')
    .addOption(
      new Option('--all', 'all tables of the paper, on real data (small) and in the paper’s size').conflicts(
        'profile',
      ),
    )
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
    .option('--runs <folder>', 'holds run store, checkpoints and reports', folderName, defaults.runs)
    .action(async (table: string | undefined, { runs }: { runs: string }) => {
      finish(await (await import('./commands/resume.ts')).resumeCommand(table, runs));
    });
  const models = new Command('models')
    .description('list the trained models that are kept, or remove the oldest beyond a size')
    .addArgument(new Argument('[action]').choices(['list', 'prune']).default('list'))
    .option('--keep <size>', 'prune: most size of those that stay, such as 5GB or 0')
    .option('--runs <folder>', 'holds the models', folderName, defaults.runs)
    .action(async (action: 'list' | 'prune', options: ModelsOptions) => {
      finish(await (await import('./commands/models.ts')).modelsCommand(action, options));
    });
  return [run, plan, report, resume, models];
}

function otherCommands(finish: (code: number) => void): Command[] {
  const data = new Command('data')
    .description('show what real data is loaded, or load it')
    .addArgument(new Argument('<action>').choices(['status', 'ensure']))
    .argument('[names...]', 'tasks and evaluation sets; to load, all tasks by default')
    .option(
      '--hub <folder>',
      'a folder in the layout of the Hugging Face hub; without it: cache, then network',
    )
    .option('--runs <folder>', 'holds the data store', folderName, defaults.runs)
    .action(async (action: 'status' | 'ensure', names: string[], options: { hub?: string; runs: string }) => {
      finish(await (await import('./commands/data.ts')).dataCommand(action, names, options));
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

/**
 * The `im-bert` command.
 * @param words the command line without the program's name
 * @returns the exit code; a user's mistake is one line on the terminal and code 1, a fault of ours a trace and code 70
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
  for (const command of [program, ...program.commands]) makeStrict(command, terminal);
  try {
    refuseUnknown(program, words);
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    const failed = failure(error, words);
    terminal.error(failed.text);
    return failed.code;
  }
}
