import type { OnnxRuntime, Runtime } from '../session/runtime.ts';
import { Session } from '../session/session.ts';

/**
 * ONNX Runtime in a browser. The page brings the package, so that it decides how the WebAssembly is served.
 * @param ort `onnxruntime-web/webgpu` for both providers, or `onnxruntime-web/wasm`
 */
export function webRuntime(ort: OnnxRuntime, provider: 'wasm' | 'webgpu'): Runtime {
  return {
    description: `ONNX Runtime for the web, provider ${provider}`,
    load: (graph, { optimization = 'all' }) =>
      Session.load(
        ort,
        graph,
        { executionProviders: [provider], graphOptimizationLevel: optimization },
        false,
      ),
  };
}
