import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment with the outer realm's typed arrays: onnxruntime-node checks `instanceof Float32Array` against
 * the realm it was loaded in, and rejects the sandbox's own.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of Object.getOwnPropertyNames(globalThis))
      if (/Array$|^ArrayBuffer$/.test(name) && name !== 'Array') this.global[name] = globalThis[name];
  }
}
