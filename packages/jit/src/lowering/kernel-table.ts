import { loweringFamilies } from './lowerings.ts';
import { unsupportedKernels } from './unsupported.ts';

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function codes(names: readonly string[]): string {
  return names
    .toSorted((a, b) => a.localeCompare(b))
    .map((name) => `\`${name}\``)
    .join(' ');
}

/** The README's table: every tfjs kernel, by family if it has a lowering and by reason if not. */
export function kernelTable(): string {
  const families = Object.entries(loweringFamilies).map(([family, table]) =>
    row([family, codes(Object.keys(table))]),
  );
  const entries = Object.entries(unsupportedKernels);
  const reasons = [...new Set(entries.map(([, reason]) => reason))];
  const refusals = reasons.map((reason) =>
    row([`none: ${reason}`, codes(entries.filter(([, other]) => other === reason).map(([name]) => name))]),
  );
  return [row(['lowering', 'kernels']), row(['---', '---']), ...families, ...refusals].join('\n');
}
