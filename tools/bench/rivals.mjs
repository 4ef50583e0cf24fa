import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The versions of PyTorch and transformers in that Python, or null. */
export function pytorchVersions(python) {
  const probe =
    'import torch, transformers; print(f"PyTorch {torch.__version__}, transformers {transformers.__version__}")';
  const { status, stdout } = spawnSync(python, ['-c', probe], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * A library whose preloading makes MKL take its fast path on AMD's processors too, or null where none is needed or no C
 * compiler is at hand.
 */
export function fastMkl() {
  if (process.platform !== 'linux' || !(cpus()[0]?.model ?? '').includes('AMD')) return null;
  const folder = mkdtempSync(join(tmpdir(), 'im-bert-bench-'));
  const [source, library] = [join(folder, 'mkl.c'), join(folder, 'mkl.so')];
  writeFileSync(source, 'int mkl_serv_intel_cpu_true(void) { return 1; }\n');
  return spawnSync('cc', ['-shared', '-fPIC', '-o', library, source]).status === 0 ? library : null;
}

/** Every way to run PyTorch that is measured: as installed, with MKL's fast path, and compiled. */
export function pytorchRivals(library, compiled) {
  const best = library === null ? {} : { LD_PRELOAD: library };
  return [
    { name: 'PyTorch as installed' },
    ...(library === null ? [] : [{ name: "PyTorch with MKL's fast path", env: best }]),
    ...(compiled ? [{ name: 'torch.compile', compile: true, env: best }] : []),
  ];
}

/** TensorFlow.js itself, on its fastest backend that needs no native library: the same code, op by op on one thread. */
export const tfjsWasm = { name: 'tfjs-wasm', wasm: true };
