import { UserError } from '@im-bert/core';

const units = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** `20GB`, `500MB` or `0` in bytes. @throws UserError for anything else */
export function bytesOf(size: string): number {
  const [, number, unit = 'B'] = /^(\d+(?:\.\d+)?) ?([KMGT]?B)?$/i.exec(size.trim()) ?? [];
  const scale = Object.entries(units).find(([name]) => name === unit.toUpperCase())?.[1];
  if (number !== undefined && scale !== undefined) return Number(number) * scale;
  throw new UserError({ where: '--keep', expected: 'a size such as 20GB, 500MB or 0', got: `"${size}"` });
}

/** `90.9 MB`. */
export function formatBytes(bytes: number): string {
  const [name, scale] = Object.entries(units).findLast(([, size]) => bytes >= size) ?? ['B', 1];
  return `${(bytes / scale).toFixed(name === 'B' ? 0 : 1)} ${name}`;
}
