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

export function installPackages(folder) {
  const lock = createHash('sha256').update(readFileSync(join(folder, 'package-lock.json'))).digest('hex');
  const stamp = join(folder, 'node_modules', '.installed-from');
  if (holds(stamp, lock)) return;
  npm(folder, 'ci', '--no-progress', '--no-fund', '--no-audit', '--loglevel=error');
  writeFileSync(stamp, lock);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    installPackages(process.argv[2]);
  } catch (problem) {
    console.error(`npm: ${problem.message}`);
    process.exit(1);
  }
}
