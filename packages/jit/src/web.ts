export { webRuntime } from './web/web-runtime.ts';
