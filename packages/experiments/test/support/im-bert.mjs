/** The im-bert command from the sources: `node --conditions=@im-bert/source im-bert.mjs run table1`. */
import '../../../../tools/jest/typescript-hooks.mjs';

const { main } = await import('../../src/cli.ts');
process.exitCode = await main(process.argv.slice(2), { error: (text) => process.stderr.write(text) });
