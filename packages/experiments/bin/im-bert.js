import { runProcess } from '../dist/process.js';

await runProcess();
