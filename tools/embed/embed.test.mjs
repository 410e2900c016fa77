// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { temporaryFolder } from '../test/temporary.mjs';

const script = join(resolve(fileURLToPath(import.meta.url), '..'), 'embed.mjs');
const long = 'console.log("the same words again");\n'.repeat(200);

function embed(files) {
  const folder = temporaryFolder();
  const [dist, out] = [join(folder, 'dist'), join(folder, 'out')];
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), text);
  }
  mkdirSync(out);
  const { status, stderr } = spawnSync('node', [script, '--dist', dist, '--out', out], { encoding: 'utf8' });
  const read = (name) => readFileSync(join(out, name));
  return { status, stderr, read, table: () => read('web_assets.cpp').toString() };
}

test('files are listed by path with their type, what names its content may be kept for good', () => {
  const { status, table } = embed({ 'v/index.html': '<p>', 'assets/v-Ab3_x-9z.js': long, 'some-provider.js': 'x' });

  assert.equal(status, 0);
  const rows = [...table().matchAll(/\{"(\/[^"]*)", "([^"]*)",[^]*?(true|false)\}/g)].map((row) => row.slice(1));
  assert.deepEqual(rows, [
    ['/assets/v-Ab3_x-9z.js', 'text/javascript; charset=utf-8', 'true'],
    ['/some-provider.js', 'text/javascript; charset=utf-8', 'false'],
    ['/v/index.html', 'text/html; charset=utf-8', 'false'],
  ]);
});

test('compressed forms unpack to the same bytes', () => {
  const { read } = embed({ 'a.js': long });

  assert.equal(brotliDecompressSync(read('web/0.brotli')).toString(), long);
  assert.equal(gunzipSync(read('web/0.gzip')).toString(), long);
  assert.equal(read('web/0.identity').toString(), long);
});

test('what does not get smaller is kept as it is only', () => {
  const { read } = embed({ 'a.txt': 'short' });

  assert.throws(() => read('web/0.brotli'), { code: 'ENOENT' });
  assert.throws(() => read('web/0.gzip'), { code: 'ENOENT' });
});

test('a file of unknown type stops the build by its name', () => {
  const { status, stderr } = embed({ 'a.exe': 'MZ' });

  assert.equal(status, 1);
  assert.match(stderr, /a\.exe: no content type is known for "\.exe"/);
});

test('without pages the table is empty', () => {
  const out = temporaryFolder();

  assert.equal(spawnSync('node', [script, '--out', out]).status, 0);
  assert.match(readFileSync(join(out, 'web_assets.cpp'), 'utf8'), /std::array<Asset, 0>/);
});
