// SPDX-License-Identifier: Apache-2.0
// Lints the contract with Redocly's rules, as a library: no telemetry, no network.
//   node lint.mjs [file…]     (default: api/openapi.yaml and api/asyncapi.yaml)
// Exit code 0 when there is nothing to say, 1 with one line for each problem.
import { createConfig, formatProblems, getTotals, lint } from '@redocly/openapi-core';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    'struct': 'error',
    'no-unresolved-refs': 'error',
    'no-unused-components': 'error',
    'operation-operationId': 'error',
    'operation-operationId-unique': 'error',
    'operation-summary': 'error',
    'operation-tag-defined': 'error',
    'path-parameters-defined': 'error',
    'security-defined': 'error',
    'no-invalid-media-type-examples': 'error',
    'no-invalid-schema-examples': 'error',
    'spec-strict-refs': 'error',
    // `/sessions/join` stands beside `/sessions/{id}`; the words win over the parameter.
    'no-ambiguous-paths': 'off',
    'no-identical-paths': 'error',
    // Operations that have nothing to refuse but the general refusals say so with 4XX.
    'operation-4xx-response': 'error',
    'info-license-strict': 'off',
  },
});

const api = fileURLToPath(new URL('../../api/', import.meta.url));
const files = process.argv.slice(2).map((file) => resolve(file));
if (files.length === 0) files.push(`${api}openapi.yaml`, `${api}asyncapi.yaml`);

const problems = [];
try {
  for (const ref of files) problems.push(...(await lint({ ref, config })));
} catch (problem) {
  console.error(problem.message); // not even YAML
  process.exit(1);
}
formatProblems(problems, { format: 'stylish', totals: getTotals(problems), version: '' });
console.log(`${files.length} contract files linted, ${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);
