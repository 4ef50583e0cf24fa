import type { Engine } from '@im-bert/jit';
import type { Structure } from '../model/model.ts';
import { ChainExecutor } from './chain-executor.ts';
import type { Executor } from './types.ts';
import { wholeExecutor } from './whole-executor.ts';

/** `whole`: one graph a step; `chain`: one graph a kind of layer. Both give the same numbers, to rounding. */
export type ExecutionMode = 'whole' | 'chain';

/** Compiles a structure on an engine. */
export function createExecutor(
  engine: Engine,
  structure: Structure,
  { mode }: { mode: ExecutionMode },
): Executor {
  return mode === 'whole' ? wholeExecutor(engine, structure) : new ChainExecutor(engine, structure);
}
