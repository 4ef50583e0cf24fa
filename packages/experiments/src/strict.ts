import { nearest } from '@im-bert/core';
import type { Command } from 'commander';

/** Where a command's words go; tests pass their own. */
export interface Terminal {
  error(text: string): void;
}

/** The option that was most likely meant; commander itself gives up on `--profil=small`, with its value. */
function likelyOption(text: string, command: Command): string | undefined {
  const given = /unknown option '(--[\w-]+)/.exec(text)?.[1];
  const known = command.options.flatMap(({ long }) => (typeof long === 'string' ? [long] : []));
  return given === undefined ? undefined : nearest(given, known);
}

function suggestion(likely: string | undefined): string {
  return likely === undefined ? '' : ` (Did you mean ${likely}?)`;
}

/** Commander says what is wrong on one line and the likely word on the next; one line is enough. */
function oneLine(text: string, command: Command): string {
  const line = text.trim().replaceAll(/\n+/g, ' ');
  return `${line}${line.includes('Did you mean') ? '' : suggestion(likelyOption(line, command))}\n`;
}

/** Refuses an option that is given twice, of which commander takes the last, and one with an empty value. */
function refuseRepeated(command: Command): void {
  for (const option of command.options) {
    let given = 0;
    command.on(`option:${option.name()}`, (value: unknown) => {
      given += 1;
      if (given > 1) command.error(`error: option '${option.flags}' is given more than once`);
      if (value === '') command.error(`error: option '${option.flags}' has an empty value`);
    });
  }
}

/** Lets a command throw where commander would end the process, and say on `terminal` what is wrong, in one line. */
export function makeStrict(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeErr: (text) => {
      terminal.error(text);
    },
    outputError: (text, write) => {
      write(oneLine(text, command));
    },
  });
  refuseRepeated(command);
}

/** Refuses a command that there is none of, also where its help is asked for: commander prints the program's then. */
export function refuseUnknown(program: Command, words: readonly string[]): void {
  const [first, second] = words.filter((word) => !word.startsWith('-'));
  const asked = first === 'help' ? second : first;
  const names = program.commands.map((command) => command.name());
  if (asked === undefined || asked === 'help' || names.includes(asked)) return;
  program.error(`error: unknown command '${asked}'${suggestion(nearest(asked, names))}`);
}
