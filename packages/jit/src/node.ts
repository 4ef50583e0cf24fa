export { createEngine } from './node/create-engine.ts';
export { jit } from './node/jit.ts';
