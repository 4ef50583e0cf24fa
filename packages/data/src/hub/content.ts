import { open, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

/**
 * What is wrong with a file whose bytes no hash promises, or undefined: a web page in its place, or something else than
 * its ending says.
 * @param name whose ending counts
 */
export async function faultOfContent(name: string, path: string): Promise<string | undefined> {
  const { start, end, size } = await edges(path);
  if (size === 0) return 'an empty file';
  if (extname(name) !== '.html' && /^\s*<(!doctype|html|\?xml|head|body)\b/i.test(start)) return 'a web page';
  switch (extname(name)) {
    case '.parquet':
      return start.startsWith('PAR1') && end.endsWith('PAR1') ? undefined : 'something that is not parquet';
    case '.safetensors':
      return isSafetensors(start, size) ? undefined : 'something that is not safetensors';
    case '.json':
      return faultOfJson(path);
    default:
      return undefined;
  }
}

/** The first and last bytes, one character each. */
async function edges(path: string): Promise<{ start: string; end: string; size: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const read = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, position);
      return buffer.toString('latin1', 0, bytesRead);
    };
    return { start: await read(0), end: await read(Math.max(0, size - 64)), size };
  } finally {
    await file.close();
  }
}

/** Eight bytes say how long the header is, which is JSON. */
function isSafetensors(start: string, size: number): boolean {
  if (start.length < 9 || start[8] !== '{') return false;
  return Buffer.from(start, 'latin1').readBigUInt64LE() <= BigInt(size - 8);
}

async function faultOfJson(path: string): Promise<string | undefined> {
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return undefined;
  } catch {
    return 'something that is not JSON';
  }
}
