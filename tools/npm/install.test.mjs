// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../test/temporary.mjs';

const program = fileURLToPath(new URL('install.mjs', import.meta.url));

/** A folder with a lock file, and an npm that writes down each time it installs. */
function folderWithNpm(t) {
  const folder = temporaryFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion": 3}');
  writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "$1" >>installations\nmkdir node_modules\n', { mode: 0o755 });
  return folder;
}

const install = (folder) =>
  new Promise((resolve) => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    spawn(process.execPath, [program, folder], { env, stdio: 'ignore' }).on('close', resolve);
  });

test('several who ask at once install once, and all of them find it done', async (t) => {
  const folder = folderWithNpm(t);
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(() => install(folder))), [0, 0, 0, 0]);
  assert.equal(readFileSync(join(folder, 'installations'), 'utf8'), 'ci\n');
});

test('a lock file that changed is installed anew, and a failure is told', async (t) => {
  const folder = folderWithNpm(t);
  assert.equal(await install(folder), 0);
  writeFileSync(join(folder, 'package-lock.json'), '{"lockfileVersion": 2}');
  assert.equal(await install(folder), 1, 'the second mkdir fails');
  assert.equal(readFileSync(join(folder, 'installations'), 'utf8'), 'ci\nci\n');
});
