#!/usr/bin/env node
import { main } from '../dist/cli.js';

const terminal = { error: (text) => process.stderr.write(text) };
process.exitCode = await main(process.argv.slice(2), terminal);
