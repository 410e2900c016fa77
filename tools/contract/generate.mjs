// SPDX-License-Identifier: Apache-2.0
// Turns the contract in api/ into the tables and assets the build compiles:
//   node generate.mjs --api <api folder> --out <folder in the build tree>
// A file is written only when its text changes, so that nothing is recompiled for nothing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { generatedNotice } from './lib/cpp.mjs';
import { errorFiles, readErrors } from './lib/errors.mjs';
import { docsPage } from './lib/docs.mjs';
import { bundledAsyncapi, checkAsyncapi, eventDefinitions, eventFiles, readConsumed, readEvents } from './lib/events.mjs';
import { answerDefinitions, operationFiles, operationsOf, readYaml } from './lib/operations.mjs';

function writeIfChanged(path, content) {
  let before = null;
  try {
    before = readFileSync(path, 'utf8');
  } catch {
    mkdirSync(dirname(path), { recursive: true });
  }
  if (before !== content) writeFileSync(path, content);
}

function testTables(answers, events) {
  return `${generatedNotice}#include "support/contract_tables.hpp"

namespace vcare::support {
namespace {

using namespace http::contract;

${answers}
${events}
} // namespace

const SchemaTable& answer_schema_table() { return answer_schemas; }
std::span<const Answer> answers() { return all_answers; }
std::span<const std::string_view> error_codes_of(OperationId id) {
    return allowed_codes[static_cast<std::size_t>(id)];
}
const SchemaTable& event_schema_table() { return event_schemas; }
std::span<const EventSchema> event_types() { return all_events; }
std::uint16_t envelope_node() { return envelope; }
const SchemaTable& consumed_schema_table() { return consumed_schemas; }
std::span<const EventSchema> consumed_types() { return all_consumed; }
std::uint16_t consumed_envelope_node() { return consumed_envelope; }

} // namespace vcare::support
`;
}

const { values } = parseArgs({ options: { api: { type: 'string' }, out: { type: 'string' } } });
if (!values.api || !values.out) {
  console.error('usage: node generate.mjs --api <api folder> --out <output folder>');
  process.exit(2);
}

try {
  const errors = readErrors(join(values.api, 'errors.json'));
  const events = readEvents(join(values.api, 'events'));
  const consumed = readConsumed(join(values.api, 'events/consumed'));
  const openapi = readYaml(join(values.api, 'openapi.yaml'));
  const asyncapi = readYaml(join(values.api, 'asyncapi.yaml'));
  checkAsyncapi(asyncapi, events, consumed);
  const operations = operationsOf(openapi, new Set(errors.errors.map(({ code }) => code)));
  const files = {
    ...errorFiles(errors),
    ...eventFiles(events),
    ...operationFiles(openapi, operations, errors),
    'contract_test_tables.cpp': testTables(answerDefinitions(openapi, operations), eventDefinitions(events, consumed)),
    'docs_site/docs/index.html': docsPage(openapi, operations, errors, events, consumed),
    'docs_site/docs/docs.css': readFileSync(new URL('docs.css', import.meta.url), 'utf8'),
    'docs_site/openapi.yaml': readFileSync(join(values.api, 'openapi.yaml'), 'utf8'),
    'docs_site/asyncapi.yaml': stringify(bundledAsyncapi(asyncapi, events, consumed), { aliasDuplicateObjects: false }),
  };
  for (const [name, content] of Object.entries(files)) writeIfChanged(join(values.out, name), content);
} catch (problem) {
  console.error(`contract: ${problem.message}`);
  process.exit(1);
}
