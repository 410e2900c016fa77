// SPDX-License-Identifier: Apache-2.0
// Builds the pages: node web_build.mjs --root <repository>
// Every build folder asks for them, so the second one to ask gets what the first one made: web/dist
// remembers what it was built from, and the packages which lock file they were installed from.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const notAnInput = new Set(['node_modules', 'dist', 'test', 'generated', 'test-results']);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notAnInput.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort()) hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

function remembers(path, text) {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

function npm(web, ...args) {
  const { status, error } = spawnSync('npm', args, { cwd: web, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed`);
}

const { values } = parseArgs({ options: { root: { type: 'string' }, 'packages-only': { type: 'boolean' } } });
const web = join(values.root, 'web');
const installedFrom = join(web, 'node_modules', '.installed-from');
const builtFrom = join(web, 'dist', '.built-from');

try {
  const lock = hashOf([join(web, 'package-lock.json')]);
  if (!remembers(installedFrom, lock)) {
    npm(web, 'ci', '--no-progress', '--no-fund', '--no-audit', '--loglevel=error');
    writeFileSync(installedFrom, lock);
  }
  if (!values['packages-only']) {
    const api = join(values.root, 'api');
    const inputs = hashOf([...filesBelow(web), ...(statSync(api, { throwIfNoEntry: false }) ? filesBelow(api) : [])]);
    if (!remembers(builtFrom, inputs)) {
      npm(web, 'run', '--silent', 'build');
      writeFileSync(builtFrom, inputs);
    }
  }
} catch (problem) {
  console.error(`web: ${problem.message}`);
  process.exit(1);
}
