/** Installs the dependencies if node_modules is missing or older than the lock file; otherwise takes no time. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major === 24;
if (!supported) {
  console.error(
    `Node.js: expected 20.19+, 22.12+ or 24, got ${process.versions.node}. Install one of these.`,
  );
  process.exit(1);
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  console.log('Installing dependencies (about a minute)...');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    // onnxruntime-node would fetch CUDA libraries, which nothing here uses, and fail where NuGet is out of reach
    env: { ONNXRUNTIME_NODE_INSTALL: 'skip', ...process.env },
    shell: process.platform === 'win32',
  });
  process.exit(install.status ?? 1);
}
