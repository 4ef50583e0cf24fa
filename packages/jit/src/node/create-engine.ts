import { UserError } from '@im-bert/core/errors';
import type { Engine, EngineName, EngineOptions } from '../engines/engine.ts';
import { createOnnxEngine } from './onnx-engine.ts';
import { createTfjsEngine } from '../engines/tfjs-engine.ts';

const engines = { onnx: createOnnxEngine, tfjs: createTfjsEngine } satisfies Record<
  EngineName,
  (options: EngineOptions) => Promise<Engine> | Engine
>;

/**
 * Makes an engine.
 * @throws UserError for an unknown name, or if the backend that was asked for is not there
 */
export async function createEngine(name: EngineName = 'onnx', options: EngineOptions = {}): Promise<Engine> {
  if (!Object.hasOwn(engines, name))
    throw new UserError({
      where: 'engine',
      expected: Object.keys(engines).join(' or '),
      got: JSON.stringify(name),
    });
  return engines[name](options);
}
