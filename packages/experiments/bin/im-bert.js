#!/usr/bin/env -S MALLOC_MMAP_MAX_=0 MALLOC_TOP_PAD_=67108864 MALLOC_TRIM_THRESHOLD_=8589934592 node
import { main } from '../dist/cli.js';

const terminal = { error: (text) => process.stderr.write(text) };
process.exitCode = await main(process.argv.slice(2), terminal);
