// SPDX-License-Identifier: Apache-2.0
// api/events/<type>.schema.json: read, checked, and turned into the list of event types.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cppArray, generatedNotice, quoted, snakeCase } from './cpp.mjs';
import { SchemaCompiler } from './schemas.mjs';

const retentionClasses = ['clinical', 'ops'];
const suffix = '.schema.json';
const envelopeFile = `cloudevent${suffix}`;

function checkEvent(type, schema) {
  if (!/^virtual_care\.[a-z0-9_.]+\.v\d+$/.test(type)) throw new Error(`events: ${type} is not a versioned type`);
  if (schema.$id !== `urn:vcare:event:${type}`) throw new Error(`events: ${type}: $id must be urn:vcare:event:${type}`);
  if (!retentionClasses.includes(schema['x-vcare-retention']))
    throw new Error(`events: ${type}: x-vcare-retention must be one of ${retentionClasses.join(', ')}`);
  if (!schema.required?.includes('tenantId')) throw new Error(`events: ${type}: data must repeat tenantId`);
}

/** {envelope, types: [{type, identifier, retention, schema}]}, in the order of their names. */
export function readEvents(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix)).sort();
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const types = files
    .filter((name) => name !== envelopeFile)
    .map((name) => {
      const type = name.slice(0, -suffix.length);
      const schema = read(name);
      checkEvent(type, schema);
      const identifier = snakeCase(type.replace(/^virtual_care\./, '').replace(/\.v1$/, ''));
      return { type, identifier, retention: schema['x-vcare-retention'], schema };
    });
  return { envelope: read(envelopeFile), types };
}

export function eventFiles({ types }) {
  const rows = types.map((e) => `VCARE_EVENT(${e.identifier}, ${quoted(e.type)}, ${e.retention})\n`);
  const head = '// VCARE_EVENT(identifier, type, retention class)\n';
  return { 'event_types.inc': generatedNotice + head + rows.join('') };
}

/** Definitions of the tables that tests check every event with; no object has a field of no name. */
export function eventDefinitions({ envelope, types }) {
  const compiler = new SchemaCompiler({}, { closeAll: true });
  const rows = types.map(({ type, schema }) => `{.type = ${quoted(type)}, .node = ${compiler.add(schema, type)}}`);
  const envelopeNode = compiler.add(envelope, 'cloudevent');
  return [
    compiler.definitions('event_schemas'),
    cppArray('EventSchema', 'all_events', rows),
    `constexpr std::uint16_t envelope = ${envelopeNode};\n`,
  ].join('\n');
}

/** api/asyncapi.yaml must tell of exactly these types, with their retention. */
export function checkAsyncapi(document, { types }) {
  const channels = Object.values(document.channels);
  const told = new Map(Object.values(document.components.messages).map((m) => [m.name, m['x-vcare-retention']]));
  for (const { type, retention } of types) {
    if (!channels.some(({ address }) => address === type)) throw new Error(`asyncapi.yaml: no channel for ${type}`);
    if (told.get(type) !== retention) throw new Error(`asyncapi.yaml: ${type} is not told of as ${retention}`);
  }
  if (channels.length !== types.length || told.size !== types.length)
    throw new Error('asyncapi.yaml: it tells of a type that has no schema');
}

/** The document as it is served: the schemas it refers to as files are in it, and every reference leads somewhere. */
export function bundledAsyncapi(document, { envelope, types }) {
  const schemas = Object.fromEntries([['cloudevent', envelope], ...types.map(({ type, schema }) => [type, schema])]);
  const bundled = { ...document, components: { ...document.components, schemas } };
  const rewrite = (value) => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === '$ref' ? rewriteReference(inner, bundled) : rewrite(inner)]),
    );
  };
  return rewrite(bundled);
}

function rewriteReference(reference, bundled) {
  const [, name] = /^\.\/events\/(.+)\.schema\.json$/.exec(reference) ?? [];
  const steps = name ? ['components', 'schemas', name] : reference.replace(/^#\//, '').split('/');
  if (steps.reduce((at, step) => at?.[step], bundled) === undefined)
    throw new Error(`asyncapi.yaml: ${reference} leads nowhere`);
  return `#/${steps.join('/')}`;
}
