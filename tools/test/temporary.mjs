// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made = [];
process.on('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A folder for a test, which goes with the process. */
export function temporaryFolder() {
  made.push(mkdtempSync(join(tmpdir(), 'vcare-tools-')));
  return made.at(-1);
}
