// SPDX-License-Identifier: Apache-2.0
// api/events/<type>.schema.json, what is published, and api/events/consumed/<type>.schema.json, what is read: read,
// checked, and turned into the list of event types.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cppArray, generatedNotice, quoted, snakeCase } from './cpp.mjs';
import { SchemaCompiler } from './schemas.mjs';

const retentionClasses = ['clinical', 'ops'];
const suffix = '.schema.json';
const envelopeFile = `cloudevent${suffix}`;

/** {envelope, types: [{type, schema}]} of the schemas in a folder, in the order of their names. */
function readSchemas(folder) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const files = readdirSync(folder).filter((name) => name.endsWith(suffix)).sort();
  const types = files
    .filter((name) => name !== envelopeFile)
    .map((name) => ({ type: name.slice(0, -suffix.length), schema: read(name) }));
  return { envelope: read(envelopeFile), types };
}

function checkEvent(type, schema) {
  if (!/^virtual_care\.[a-z0-9_.]+\.v\d+$/.test(type)) throw new Error(`events: ${type} is not a versioned type`);
  if (schema.$id !== `urn:vcare:event:${type}`) throw new Error(`events: ${type}: $id must be urn:vcare:event:${type}`);
  if (!retentionClasses.includes(schema['x-vcare-retention']))
    throw new Error(`events: ${type}: x-vcare-retention must be one of ${retentionClasses.join(', ')}`);
  if (!schema.required?.includes('tenantId')) throw new Error(`events: ${type}: data must repeat tenantId`);
}

/** {envelope, types: [{type, identifier, retention, schema}]}, in the order of their names. */
export function readEvents(folder) {
  const { envelope, types } = readSchemas(folder);
  return {
    envelope,
    types: types.map(({ type, schema }) => {
      checkEvent(type, schema);
      const identifier = snakeCase(type.replace(/^virtual_care\./, '').replace(/\.v1$/, ''));
      return { type, identifier, retention: schema['x-vcare-retention'], schema };
    }),
  };
}

/** {envelope, types: [{type, schema, example}]}: what other services send; `example` is a whole message. */
export function readConsumed(folder) {
  const { envelope, types } = readSchemas(folder);
  const exampleOf = (name, schema) => {
    if (schema.$id !== `urn:vcare:consumed:${name}`) throw new Error(`events: ${name}: $id must be urn:vcare:consumed:${name}`);
    if (schema.examples?.length !== 1) throw new Error(`events: ${name}: there must be one example`);
    return schema.examples[0];
  };
  const around = exampleOf('cloudevent', envelope);
  return {
    envelope,
    types: types.map(({ type, schema }) => ({ type, schema, example: { ...around, type, data: exampleOf(type, schema) } })),
  };
}

export function eventFiles({ types }) {
  const rows = types.map((e) => `VCARE_EVENT(${e.identifier}, ${quoted(e.type)}, ${e.retention})\n`);
  const head = '// VCARE_EVENT(identifier, type, retention class)\n';
  return { 'event_types.inc': generatedNotice + head + rows.join('') };
}

/** Definitions of the tables that tests check every event with; no published object has a field of no name. */
export function eventDefinitions(events, consumed) {
  const tables = [
    { named: 'event_schemas', list: 'all_events', envelope: 'envelope', of: events, closeAll: true },
    { named: 'consumed_schemas', list: 'all_consumed', envelope: 'consumed_envelope', of: consumed, closeAll: false },
  ];
  return tables
    .flatMap(({ named, list, envelope, of, closeAll }) => {
      const compiler = new SchemaCompiler({}, { closeAll });
      const rows = of.types.map(({ type, schema }) => `{.type = ${quoted(type)}, .node = ${compiler.add(schema, type)}}`);
      const envelopeNode = compiler.add(of.envelope, 'cloudevent');
      return [compiler.definitions(named), cppArray('EventSchema', list, rows), `constexpr std::uint16_t ${envelope} = ${envelopeNode};\n`];
    })
    .join('\n');
}

/** api/asyncapi.yaml must tell of exactly these types: sent with their retention, received as others send them. */
export function checkAsyncapi(document, { types }, consumed) {
  const channels = Object.entries(document.channels);
  const told = new Map(Object.values(document.components.messages).map((m) => [m.name, m['x-vcare-retention']]));
  const actionOf = (channel) =>
    Object.values(document.operations).find(({ channel: { $ref } }) => $ref === `#/channels/${channel}`)?.action;
  const check = (type, action, retention) => {
    const [channel] = channels.find(([, { address }]) => address === type) ?? [];
    if (!channel) throw new Error(`asyncapi.yaml: no channel for ${type}`);
    if (actionOf(channel) !== action) throw new Error(`asyncapi.yaml: ${type} has no operation to ${action} it`);
    if (!told.has(type) || told.get(type) !== retention) throw new Error(`asyncapi.yaml: ${type} is not told of as ${retention}`);
  };
  for (const { type, retention } of types) check(type, 'send', retention);
  for (const { type } of consumed.types) check(type, 'receive', undefined);
  const known = types.length + consumed.types.length;
  if (channels.length !== known || told.size !== known) throw new Error('asyncapi.yaml: it tells of a type that has no schema');
}

/**
 * The document as it is served: the schemas it refers to as files are in it, every reference leads somewhere, and what
 * is received has a whole message as its example.
 */
export function bundledAsyncapi(document, { envelope, types }, consumed) {
  const named = ({ envelope, types }, before) => [
    [`${before}cloudevent`, envelope],
    ...types.map(({ type, schema }) => [`${before}${type}`, schema]),
  ];
  const schemas = Object.fromEntries([...named({ envelope, types }, ''), ...named(consumed, 'consumed.')]);
  const examples = new Map(consumed.types.map(({ type, example }) => [type, [{ payload: example }]]));
  const withExample = (message) => ({ ...message, ...(examples.has(message.name) && { examples: examples.get(message.name) }) });
  const messages = Object.fromEntries(
    Object.entries(document.components.messages).map(([name, message]) => [name, withExample(message)]),
  );
  const bundled = { ...document, components: { ...document.components, messages, schemas } };
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
  const steps = name ? ['components', 'schemas', name.replace('/', '.')] : reference.replace(/^#\//, '').split('/');
  if (steps.reduce((at, step) => at?.[step], bundled) === undefined)
    throw new Error(`asyncapi.yaml: ${reference} leads nowhere`);
  return `#/${steps.join('/')}`;
}
