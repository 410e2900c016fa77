// SPDX-License-Identifier: Apache-2.0
// Turns the contract in api/ into the tables and assets the build compiles:
//   node generate.mjs --api <api folder> --out <folder in the build tree>
// A file is written only when its text changes, so that nothing is recompiled for nothing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { errorFiles, readErrors } from './lib/errors.mjs';
import { eventFiles, readEvents } from './lib/events.mjs';
import { operationFiles, operationsOf, readOpenapi } from './lib/operations.mjs';

function writeIfChanged(path, content) {
  let before = null;
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  if (before !== content) writeFileSync(path, content);
}

const { values } = parseArgs({ options: { api: { type: 'string' }, out: { type: 'string' } } });
if (!values.api || !values.out) {
  console.error('usage: node generate.mjs --api <api folder> --out <output folder>');
  process.exit(2);
}

try {
  const errors = readErrors(join(values.api, 'errors.json'));
  const events = readEvents(join(values.api, 'events'));
  const openapi = readOpenapi(join(values.api, 'openapi.yaml'));
  const operations = operationsOf(openapi, new Set(errors.errors.map(({ code }) => code)));
  const files = {
    ...errorFiles(errors),
    ...eventFiles(events),
    ...operationFiles(openapi, operations, errors),
  };
  for (const [name, content] of Object.entries(files)) writeIfChanged(join(values.out, name), content);
} catch (problem) {
  console.error(`contract: ${problem.message}`);
  process.exit(1);
}
