import type { LossFunction } from './types.ts';

/** One compiled function for each loss that was asked for. */
export interface ByLoss<Fn> {
  get(loss: LossFunction): Fn;
  dispose(): Promise<void>;
}

/** Compiles a function when its loss is first asked for. */
export function byLoss<Fn extends { dispose(): Promise<void> }>(
  compile: (loss: LossFunction) => Fn,
): ByLoss<Fn> {
  const compiled = new Map<LossFunction, Fn>();
  return {
    get: (loss) => {
      const known = compiled.get(loss);
      if (known !== undefined) return known;
      const made = compile(loss);
      compiled.set(loss, made);
      return made;
    },
    dispose: async () => {
      for (const fn of compiled.values()) await fn.dispose();
    },
  };
}
