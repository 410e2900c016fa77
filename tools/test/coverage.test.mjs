// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesOf, judge } from './coverage.mjs';
import { temporaryFolder } from './temporary.mjs';

const summary = (covered, count) => ({ lines: { covered, count }, branches: { covered, count } });
const files = (rows) => new Map(Object.entries(rows).map(([path, [covered, count]]) => [path, summary(covered, count)]));
const failures = (rows) => judge(files(rows)).filter(({ ok }) => !ok).map(({ name }) => name.split(':')[0]);

test('rings at their limits pass', () => {
  const rows = { 'src/domain/a.cpp': [95, 100], 'src/application/b.cpp': [90, 100], 'src/adapters/c/c.cpp': [80, 100] };

  assert.deepEqual(failures(rows), []);
});

test('a ring below its limit fails', () => {
  const rows = { 'src/domain/a.cpp': [94, 100], 'src/application/b.cpp': [90, 100], 'src/adapters/c/c.cpp': [80, 100] };

  assert.deepEqual(failures(rows), ['coverage of domain']);
});

test('a ring of which nothing was measured fails', () => {
  const rows = { 'src/domain/a.cpp': [100, 100], 'src/application/b.cpp': [100, 100] };

  assert.deepEqual(failures(rows), ['coverage of adapters']);
});

test('a header counts once, whichever link it was included through, and only files of src count', () => {
  const root = temporaryFolder();
  const build = join(root, 'build/asan');
  mkdirSync(join(root, 'src/domain'), { recursive: true });
  mkdirSync(join(build, 'include_roots/domain'), { recursive: true });
  writeFileSync(join(root, 'src/domain/a.hpp'), '');
  symlinkSync(join(root, 'src/domain'), join(build, 'include_roots/domain/domain'));
  const exported = {
    data: [
      {
        files: [
          { filename: 'include_roots/domain/domain/a.hpp', summary: summary(3, 4) },
          { filename: '../../src/domain/a.hpp', summary: summary(1, 4) },
          { filename: '../../tests/unit/a_test.cpp', summary: summary(9, 9) },
          { filename: '/usr/include/boost/x.hpp', summary: summary(0, 9) },
        ],
      },
    ],
  };

  assert.deepEqual([...filesOf(exported, root, build)], [['src/domain/a.hpp', summary(3, 4)]]);
});
