/**
 * Keeps ONNX Runtime from sending telemetry and from writing a device's id and a database into the user's cache, which
 * it does from its first session on. Who sets ORT_DISABLE_TELEMETRY has decided, and it stays.
 */
export function refuseTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}
