/** What each colour of our plots becomes on a dark page: text and ground change places, data colours become lighter. */
const darkColours = {
  white: '#0d1117',
  '#000': '#e6edf3',
  '#000000': '#f0f6fc',
  '#555': '#9ea7b3',
  '#666666': '#b1bac4',
  '#777777': '#9ea7b3',
  '#888': '#8b949e',
  '#999999': '#8b949e',
  '#ddd': '#30363d',
  '#e5e5e5': '#262c33',
  '#0072B2': '#4aa8e0',
  '#009E73': '#2fc79b',
  '#D55E00': '#ff8a3d',
  '#E69F00': '#f2b53c',
  '#CC79A7': '#e39ac2',
  '#56B4E9': '#a5d8f7',
} as const satisfies Record<string, string>;

/** Colours of a continuous scheme are written so; Viridis starts darker than a dark page allows. */
const scheme = '[fill^="rgb("],[stroke^="rgb("]{filter:brightness(1.7)}';

/**
 * The picture with a style that takes the dark colours where the reader's pages are dark. It keeps a ground of its own, so it
 * reads well too where a page is dark and the system light.
 */
export function inDarkMode(svg: string): string {
  const rules = Object.entries(darkColours).flatMap(([light, dark]) =>
    ['fill', 'stroke'].map((property) => `[${property}="${light}" i]{${property}:${dark}}`),
  );
  const style = `<style>@media (prefers-color-scheme: dark){${[...rules, scheme].join('')}}</style>`;
  return svg.replace(/^<svg[^>]*>/, (opening) => `${opening}${style}`);
}
