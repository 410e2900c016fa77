// SPDX-License-Identifier: Apache-2.0
// Installs the packages of one folder as its lock file says, only when that file changed:
//   node install.mjs FOLDER
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export function npm(folder, ...args) {
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed in ${folder}`);
}

/** Whether the file holds exactly this text. */
export function holds(path, text) {
  try {
    return readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}

const lockFile = (folder) => join(folder, 'package-lock.json');
const stampFile = (folder) => join(folder, 'node_modules', '.installed-from');
const hashOfLock = (folder) => createHash('sha256').update(readFileSync(lockFile(folder))).digest('hex');
const isInstalled = (folder) => holds(stampFile(folder), hashOfLock(folder));
const self = fileURLToPath(import.meta.url);

/** Several may ask at once: npm begins by deleting what is there, so one installs, and the others wait for it. */
export function installPackages(folder) {
  if (isInstalled(folder)) return;
  const { status, error } = spawnSync('flock', [lockFile(folder), process.execPath, self, folder, '--alone'], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) throw error;
  if (status !== 0) throw new Error(`the packages of ${folder} are not installed`);
}

function installAlone(folder) {
  if (isInstalled(folder)) return;
  npm(folder, 'ci', '--no-progress', '--no-fund', '--no-audit', '--loglevel=error');
  writeFileSync(stampFile(folder), hashOfLock(folder));
}

if (process.argv[1] && resolve(process.argv[1]) === self) {
  const [folder, alone] = process.argv.slice(2);
  try {
    if (alone) installAlone(folder);
    else installPackages(folder);
  } catch (problem) {
    console.error(`npm: ${problem.message}`);
    process.exit(1);
  }
}
