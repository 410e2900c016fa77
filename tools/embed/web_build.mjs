// SPDX-License-Identifier: Apache-2.0
// Builds the pages: node web_build.mjs --root <repository>
// Every build folder asks for them, so the second one to ask gets what the first one made: web/dist
// remembers what it was built from.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { holds, installPackages, npm } from '../npm/install.mjs';

const notAnInput = new Set(['node_modules', 'dist', 'test', 'generated']);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notAnInput.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.sort()) hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

const { values } = parseArgs({ options: { root: { type: 'string' } } });
const web = join(values.root, 'web');
const api = join(values.root, 'api');
const builtFrom = join(web, 'dist', '.built-from');

try {
  installPackages(web);
  const inputs = hashOf([...filesBelow(web), ...(existsSync(api) ? filesBelow(api) : [])]);
  if (!holds(builtFrom, inputs)) {
    npm(web, 'run', '--silent', 'build');
    writeFileSync(builtFrom, inputs);
  }
} catch (problem) {
  console.error(`web: ${problem.message}`);
  process.exit(1);
}
