/*
 * The packages in the order the data flows, each with the packages it may import. docs/architecture.md shows the same
 * table, and tools/jest's architecture test holds both against the packages' own package.json.
 */
/** @type {Readonly<Record<string, readonly string[]>>} */
const imports = {
  core: [],
  jit: ['core'],
  data: ['core'],
  models: ['core', 'jit'],
  attacks: ['core', 'jit', 'data', 'models'],
  training: ['core', 'jit', 'models'],
  report: ['core'],
  experiments: ['core', 'jit', 'data', 'models', 'attacks', 'training', 'report'],
};

export const packages = Object.keys(imports);

/**
 * The packages that `name` may import; none for a name that is no package.
 * @param {string} name
 * @returns {readonly string[]}
 */
export function mayDependOn(name) {
  return imports[name] ?? [];
}
