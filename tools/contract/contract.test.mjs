// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { installPackages } from '../npm/install.mjs';
import { temporaryFolder } from '../test/temporary.mjs';

const tool = fileURLToPath(new URL('.', import.meta.url));
const api = fileURLToPath(new URL('../../api', import.meta.url));

before(() => installPackages(tool));

function node(...args) {
  const { status, stdout, stderr } = spawnSync('node', args, { cwd: tool, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** A copy of api/ with one text of one file replaced by another. */
function apiWith(file, text, replacement) {
  const copy = join(temporaryFolder(), 'api');
  cpSync(api, copy, { recursive: true });
  const before = readFileSync(join(copy, file), 'utf8');
  assert.ok(before.includes(text), `${file} holds no "${text}"`);
  writeFileSync(join(copy, file), before.replace(text, () => replacement));
  return copy;
}

function generated(folder) {
  const out = temporaryFolder();
  return { ...node('generate.mjs', '--api', folder, '--out', out), out };
}

function refuses(file, text, replacement, reason) {
  const { status, said } = generated(apiWith(file, text, replacement));
  assert.equal(status, 1, said);
  assert.match(said, reason);
}

test('the linter has nothing to say about the contract', () => {
  const { status, said } = node('lint.mjs');
  assert.equal(status, 0, said);
});

const plantedForTheLinter = [
  ['an operation id that stands twice', 'openapi.yaml', 'operationId: getVisit\n', 'operationId: getSession\n'],
  ['a reference that leads nowhere', 'openapi.yaml', "'#/components/schemas/Mode'", "'#/components/schemas/Mood'"],
  ['a key that OpenAPI does not know', 'openapi.yaml', 'requestBody:', 'requestBodies:'],
  ['a schema that nothing uses', 'openapi.yaml', '    DeviceResult:', '    Unused: { type: string }\n    DeviceResult:'],
  ['a path parameter that is not in the path', 'openapi.yaml', '/sessions/{id}/cancel:', '/sessions/cancel:'],
  ['text that is not YAML', 'openapi.yaml', 'openapi: 3.1.0', 'openapi: {'],
  ['a key that AsyncAPI does not know', 'asyncapi.yaml', 'action: send', 'action: shout'],
];
for (const [name, file, text, replacement] of plantedForTheLinter)
  test(`the linter finds ${name}`, () => {
    const { status, said } = node('lint.mjs', join(apiWith(file, text, replacement), file));
    assert.equal(status, 1, said);
  });

test('the generator takes the contract, and writes nothing again that stays the same', () => {
  const first = generated(api);
  assert.equal(first.status, 0, first.said);
  const file = join(first.out, 'contract_tables.cpp');
  const { mtimeMs } = statSync(file);

  node('generate.mjs', '--api', api, '--out', first.out);

  assert.equal(statSync(file).mtimeMs, mtimeMs);
});

test('the generator refuses a keyword that the checker would not enforce', () => {
  refuses('openapi.yaml', 'rating: { type: integer,', 'rating: { type: integer, multipleOf: 2,', /does not know "multipleOf"/);
});

test('the generator refuses a pattern that cannot be matched in one pass', () => {
  const from = "Language:\n      description: BCP 47.\n      type: string\n      pattern: '^[A-Za-z0-9-]{2,35}$'";
  const with_ = (pattern) => from.replace('^[A-Za-z0-9-]{2,35}$', pattern);
  refuses('openapi.yaml', from, with_('^(a|b)+$'), /pattern not in the subset/);
  refuses('openapi.yaml', from, with_('^[a-z]{1,5}x$'), /must not be in it/);
  refuses('openapi.yaml', from, with_('[a-z]{1,5}'), /goes from \^ to \$/);
});

test('the generator refuses a code that is not in the error table', () => {
  refuses('openapi.yaml', '- DUPLICATE_PATIENT', '- DUPLICATE_PATIENCE', /DUPLICATE_PATIENCE is not in errors.json/);
});

test('the generator refuses a bearer operation without scope, and a scope or a role nobody knows', () => {
  refuses('openapi.yaml', "      x-vcare-scope: 'virtual_care:session:end'\n", '', /x-vcare-scope goes with the bearer/);
  refuses('openapi.yaml', "x-vcare-scope: 'virtual_care:session:end'", 'x-vcare-scope: nobody', /unknown scope nobody/);
  refuses('openapi.yaml', 'audit:read\': [admin, auditor]', 'audit:read\': [admin, editor]', /unknown role editor/);
});

test('the generator refuses an error code that stands twice', () => {
  refuses('errors.json', '"TOKEN_EXPIRED"', '"TOKEN_INVALID"', /TOKEN_INVALID stands there twice/);
});

test('the generator refuses an event without retention class, and one that asyncapi.yaml does not tell of', () => {
  const schema = 'events/virtual_care.link.requested.v1.schema.json';
  refuses(schema, '"x-vcare-retention": "ops"', '"x-vcare-retention": "forever"', /x-vcare-retention must be one of/);
  refuses(schema, '"x-vcare-retention": "ops"', '"x-vcare-retention": "clinical"', /is not told of as clinical/);
  refuses('asyncapi.yaml', 'address: virtual_care.link.requested.v1', 'address: other', /no channel for virtual_care.link/);
});

test('the generator refuses an event of others without its one example, and one that asyncapi.yaml does not receive', () => {
  const schema = 'events/consumed/licensing.entitlement.changed.v1.schema.json';
  refuses(schema, '"examples": [', '"examples": [{}, ', /there must be one example/);
  refuses(schema, 'urn:vcare:consumed:licensing', 'urn:vcare:event:licensing', /\$id must be urn:vcare:consumed:licensing/);
  refuses('asyncapi.yaml', 'address: licensing.entitlement', 'address: other', /no channel for licensing.entitlement/);
  refuses('asyncapi.yaml', 'action: receive', 'action: send', /has no operation to receive it/);
  refuses('asyncapi.yaml', 'name: identity.session.revoked.v1', 'name: other', /identity.session.revoked.v1 is not told of/);
});

test('the generator refuses a reference of asyncapi.yaml that leads nowhere', () => {
  refuses('asyncapi.yaml', "'#/components/messages/linkRequested'", "'#/components/messages/x'", /messages\/x leads nowhere/);
});

test('the served documents stand alone', () => {
  const { out } = generated(api);
  const page = readFileSync(join(out, 'docs_site/docs/index.html'), 'utf8');
  assert.doesNotMatch(page, /<script|<style|\sstyle=|\son\w+=|(href|src)="[^#/]/);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(page.includes(`id="${target}"`), target);

  const { status, said } = node('lint.mjs', join(out, 'docs_site/asyncapi.yaml'));
  assert.equal(status, 0, said);
  assert.doesNotMatch(readFileSync(join(out, 'docs_site/asyncapi.yaml'), 'utf8'), /schema\.json/);
});
