#!/usr/bin/env -S MALLOC_MMAP_MAX_=0 MALLOC_TOP_PAD_=67108864 MALLOC_TRIM_THRESHOLD_=8589934592 node
import { runProcess } from '../dist/process.js';

await runProcess();
