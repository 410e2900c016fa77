// SPDX-License-Identifier: Apache-2.0
// Every rule finds what was planted to break it: each file of planted/<rule> whose name begins with bad_
// must be found, and no other.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { headersThatNeedOthers, lint, Memory, misformatted, Sources } from './compiled.mjs';
import { rules } from './rules.mjs';

const here = resolve(fileURLToPath(import.meta.url), '..');
const root = resolve(here, '../..');

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function planted(id) {
  const folder = join(here, 'planted', id);
  const files = filesBelow(folder).map((path) => relative(folder, path)).sort();
  const bad = files.filter((path) => basename(path).startsWith('bad_'));
  assert.ok(bad.length > 0 && bad.length < files.length, `planted/${id} has files that break the rule and files that do not`);
  return { folder, files, bad, tree: { files, read: (path) => readFileSync(join(folder, path), 'utf8') } };
}

const found = (findings) => [...new Set(findings.map(({ path }) => path))].sort();
const emptyMemory = () => new Memory(mkdtempSync(join(tmpdir(), 'tidy-')));
const compile = ['clang++-19', '-std=c++23', '-DBOOST_ASIO_SEPARATE_COMPILATION'];

for (const { id, name, check } of rules) {
  test(`${name}: planted violations are found, nothing else is`, () => {
    const { tree, bad } = planted(id);

    assert.deepEqual(found(check(tree)), bad);
  });
}

test('format: a file that clang-format would change is found', async () => {
  const { folder, files, bad } = planted('format');

  assert.deepEqual(found(await misformatted({ root: folder, files })), bad);
});

test('headers: one that does not compile on its own is found, and is found again the next time', async () => {
  const { folder, files, bad } = planted('headers');
  const flags = [...compile, `-I${join(folder, 'src')}`, `-I${join(folder, 'include_roots/domain')}`];
  const commands = [{ file: join(folder, 'src/domain/a.cpp'), directory: folder, args: [...flags, 'a.cpp'] }];
  const memory = emptyMemory();
  const look = () => headersThatNeedOthers({ root: folder, headers: files, commands, sources: new Sources(folder, folder), memory });

  assert.deepEqual(found(await look()), bad);
  assert.deepEqual(found(await look()), bad);
});

test('lint: what clang-tidy must find in coroutines and lifetimes is found', async () => {
  const { folder, files, bad } = planted('lint');
  const commands = files.map((path) => ({ file: join(folder, path), directory: folder, args: [...compile, join(folder, path)] }));
  const sources = new Sources(folder, folder);
  const findings = await lint({ root: folder, config: join(root, '.clang-tidy'), files, commands, sources, memory: emptyMemory() });

  assert.deepEqual(found(findings), bad);
});
