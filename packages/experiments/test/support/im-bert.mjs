/** The im-bert command from the sources: `node --conditions=@im-bert/source im-bert.mjs run table1`. */
import '../../../../tools/jest/typescript-hooks.mjs';

const { runProcess } = await import('../../src/process.ts');
await runProcess();
