// SPDX-License-Identifier: Apache-2.0
// Every rule finds what was planted to break it: each file of planted/<rule> whose name begins with bad_
// must be found, and no other.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../test/temporary.mjs';
import { headersThatNeedOthers, lint, Memory, misformatted, plainFlags, Sources } from './compiled.mjs';
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
const emptyMemory = () => new Memory(temporaryFolder());
const compile = ['clang++-19', '-std=c++23', '-Wshadow', '-Werror=shadow', '-DBOOST_ASIO_SEPARATE_COMPILATION'];

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
  const { findings } = await lint({ root: folder, config: join(root, '.clang-tidy'), files, commands, sources, memory: emptyMemory() });

  assert.deepEqual(found(findings), bad);
});

/** A project in a folder of its own: write(files), look() for what lint finds, and how many it came to know as clean. */
function project() {
  const folder = temporaryFolder();
  const memory = emptyMemory();
  const learned = [];
  const add = memory.add.bind(memory);
  memory.add = (key) => learned.push(key) && add(key);
  const write = (texts) => {
    for (const [path, text] of Object.entries(texts)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const lookUntil = async (until, ...files) => {
    learned.length = 0;
    const args = [...compile, `-I${folder}/src`];
    const commands = files.map((path) => ({ file: join(folder, path), directory: folder, args: [...args, join(folder, path)] }));
    const sources = new Sources(folder, join(folder, 'build'));
    const { findings, left } = await lint({ root: folder, config: join(root, '.clang-tidy'), files, commands, sources, memory, until });
    return { found: found(findings), learned: learned.length, findings, left };
  };
  return { write, look: (...files) => lookUntil(Infinity, ...files), lookUntil };
}

const clean = 'int* none() { return nullptr; }\n';
const violation = 'int* none() { return 0; }\n';

test('lint: a file that was clean is not looked at again, until it holds a violation', async () => {
  const { write, look } = project();
  write({ 'src/a.cpp': clean });

  assert.deepEqual([(await look('src/a.cpp')).learned, (await look('src/a.cpp')).learned], [1, 0]);
  write({ 'src/a.cpp': violation });
  assert.deepEqual((await look('src/a.cpp')).found, ['src/a.cpp']);
  assert.deepEqual((await look('src/a.cpp')).found, ['src/a.cpp']);
});

test('lint: a header that changes has every file looked at again that includes it at any depth, and no other', async () => {
  const { write, look } = project();
  const files = ['src/user.cpp', 'src/other.cpp'];
  write({ 'src/user.cpp': '#include "outer.hpp"\n', 'src/other.cpp': 'int other() { return 1; }\n' });
  write({ 'src/outer.hpp': '#pragma once\n#include "inner.hpp"\n', 'src/inner.hpp': `#pragma once\ninline ${clean}` });

  assert.equal((await look(...files)).learned, 2);
  write({ 'src/inner.hpp': `#pragma once\ninline ${violation}` });
  const { found: paths, learned } = await look(...files);
  assert.deepEqual([paths, learned], [['src/user.cpp'], 0]);
});

test('lint: a header that is generated counts as one that is written', async () => {
  const { write, look } = project();
  write({ 'src/a.cpp': '#include "../build/generated/table.inc"\n', 'build/generated/table.inc': clean });

  assert.equal((await look('src/a.cpp')).learned, 1);
  write({ 'build/generated/table.inc': 'int* changed() { return nullptr; }\n' });
  assert.equal((await look('src/a.cpp')).learned, 1);
});

test('lint: files looked at together are each named for their own findings, and only for those', async () => {
  const { write, look } = project();
  const named = (name) => `namespace ${name} {\n${violation}}\n`;
  write({ 'src/a.cpp': named('a'), 'src/b.cpp': 'int b() { return 1; }\n', 'src/c.cpp': named('c') });

  const { found: paths, learned, findings } = await look('src/a.cpp', 'src/b.cpp', 'src/c.cpp');

  assert.deepEqual([paths, learned], [['src/a.cpp', 'src/c.cpp'], 1]);
  assert.ok(!findings[0].what.includes('src/c.cpp'));
});

test('lint: files that cannot stand in one program are looked at one by one', async () => {
  const { write, look } = project();
  write({ 'src/a.cpp': clean, 'src/b.cpp': clean });

  const { found: paths, learned } = await look('src/a.cpp', 'src/b.cpp');

  assert.deepEqual([paths, learned], [[], 2]);
});

test('lint: what is found in files together and in none of them alone is no finding', async () => {
  const { write, look } = project();
  write({ 'src/a.cpp': 'int a() { const int seen = 2; return seen; }\n', 'src/b.cpp': 'namespace {\nint seen = 1;\n}\nint b() { return seen; }\n' });

  const { found: paths, learned } = await look('src/a.cpp', 'src/b.cpp');

  assert.deepEqual([paths, learned], [[], 2]);
});

test('lint: what was not begun in time is counted, and looked at the next time', async () => {
  const { write, look, lookUntil } = project();
  write({ 'src/a.cpp': violation });

  const { found: paths, left } = await lookUntil(Date.now(), 'src/a.cpp');
  assert.deepEqual([paths, left], [[], 1]);
  assert.deepEqual((await look('src/a.cpp')).found, ['src/a.cpp']);
});

test('lint: a file that no build compiles is named', async () => {
  const { folder, files } = planted('lint');
  const { findings } = await lint({ root: folder, config: join(root, '.clang-tidy'), files: [files[0]], commands: [], memory: emptyMemory() });

  assert.deepEqual(found(findings), [files[0]]);
});

test('lint: what is clean in one clone and build is clean in another, whatever instruments the code', () => {
  const keyOf = (clone, build, more) => {
    const args = ['clang++-19', `-I${clone}/${build}/include_roots/domain`, `-DCORPUS="${clone}/tests"`, ...more, '-o', 'a.o', '-c', `${clone}/a.cpp`];
    return new Sources(clone, `${clone}/${build}`).key(`${clone}/src/a.cpp`, plainFlags(args), 'lint');
  };
  const debug = ['-O0', '-g1', '-include-pch', '/one/build/dev/pch/domain.pch'];
  const coverage = ['-Xclang', '-fprofile-instrument=clang', '-Xclang', '-fcoverage-mapping', '-mllvm', '-runtime-counter-relocation'];
  const asan = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', ...coverage, '-fcoverage-compilation-dir=.'];

  assert.equal(keyOf('/one', 'build/dev', debug), keyOf('/two', 'build/asan', asan));
  assert.notEqual(keyOf('/one', 'build/dev', debug), keyOf('/one', 'build/dev', [...debug, '-DMORE']));
});

test('memory: the oldest of too many entries go', () => {
  const folder = temporaryFolder();
  const memory = new Memory(folder);
  ['old', 'new', 'newer'].forEach((key, i) => {
    memory.add(key);
    utimesSync(join(folder, key), new Date(), new Date(Date.now() - (3 - i) * 1000));
  });

  const after = new Memory(folder, { limit: 2 });

  assert.deepEqual(['old', 'new', 'newer'].map((key) => after.has(key)), [false, true, true]);
});

test('memory: what nobody asked about for a month goes', () => {
  const folder = temporaryFolder();
  new Memory(folder).add('old');
  utimesSync(join(folder, 'old'), new Date(), new Date(Date.now() - 31 * 24 * 3600 * 1000));

  assert.equal(new Memory(folder).has('old'), false);
});
