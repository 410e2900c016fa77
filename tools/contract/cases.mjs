// SPDX-License-Identifier: Apache-2.0
// Bodies for a second opinion: node cases.mjs --api <api folder> --out <file>
// For every operation with a JSON body, bodies that fit and thousands that were bent in one place, each with
// the verdict of Ajv. The C++ checker must come to the same one.
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readErrors } from './lib/errors.mjs';
import { operationsOf, readYaml } from './lib/operations.mjs';
import { SchemaCompiler } from './lib/schemas.mjs';

const long = 'ü'.repeat(2001);
const strangers = [null, true, 0, 1, -1, 1.5, 1e9, '', 'x', 'a b', 'a\tb', long, [], ['x'], {}, { x: 1 }];

const texts = { 'date-time': '2026-05-01T10:00:00+02:00', email: 'someone@example.org' };

/** A text of a pattern of the subset: literals as they are, of each class its first character. */
function textOf(schema) {
  if (schema.format) return texts[schema.format];
  if (!schema.pattern) return 'x'.repeat(schema.minLength ?? 1);
  return schema.pattern
    .slice(1, -1)
    .replace(/\[(.)[^\]]*\](?:\{(\d+)(?:,\d+)?\})?/g, (_, char, count = '1') => char.repeat(Number(count)));
}

/** A value that fits; with `full` every property is there, else only what must be. */
function fitting(schema, resolve, full) {
  const { target } = resolve(schema);
  if (target.enum) return target.enum[0];
  const type = [target.type].flat()[0];
  if (type === 'object') {
    const names = Object.keys(target.properties ?? {}).filter((name) => full || target.required?.includes(name));
    return Object.fromEntries(names.map((name) => [name, fitting(target.properties[name], resolve, full)]));
  }
  if (type === 'array') return [fitting(target.items, resolve, full)];
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return target.minimum ?? 0;
  return type === 'string' ? textOf(target) : { any: ['thing'] };
}

/** Values at the limits of a schema and just beyond. */
function edgesOf(schema, resolve) {
  const around = (limit) => (limit === undefined ? [] : [limit - 1, limit, limit + 1]);
  const sized = (limit, make) => around(limit).filter((size) => size >= 0).map(make);
  const item = schema.items && fitting(schema.items, resolve, false);
  return [
    ...around(schema.minimum),
    ...around(schema.maximum),
    ...sized(schema.minLength, (size) => 'ü'.repeat(size)),
    ...sized(schema.maxLength, (size) => 'ü'.repeat(size)),
    ...(schema.items ? sized(schema.minItems, (size) => Array(size).fill(item)) : []),
    ...(schema.items ? sized(schema.maxItems, (size) => Array(size).fill(item)) : []),
    ...(schema.enum ?? []),
    ...(schema.pattern ? edgesOfPattern(schema.pattern) : []),
  ];
}

/** Texts with the variable class of a pattern at its limits, and with a stranger before and after. */
function edgesOfPattern(pattern) {
  const [, , min, max] = /\[(.)[^\]]*\]\{(\d+),(\d+)\}/.exec(pattern) ?? [];
  const lengths = max ? [Number(min) - 1, Number(min), Number(max), Number(max) + 1].filter((n) => n >= 0) : [];
  const fits = textOf({ pattern });
  const sized = lengths.map((n) => textOf({ pattern: pattern.replace(/\{\d+,\d+\}/, `{${n}}`) }));
  return [...sized, `${fits}\n`, ` ${fits}`, fits.slice(1), fits.toUpperCase(), `${fits}é`];
}

/** Every copy of the value with one place in it replaced, dropped or joined by a stranger. */
function* bent(schema, value, resolve) {
  const { target } = resolve(schema);
  yield* strangers;
  yield* edgesOf(target, resolve);
  if (Array.isArray(value)) {
    if (target.items) for (const inner of bent(target.items, value[0], resolve)) yield [inner];
  } else if (value !== null && typeof value === 'object') {
    yield { ...value, stranger: 1 };
    for (const [name, old] of Object.entries(value)) {
      const { [name]: dropped, ...rest } = value;
      yield rest;
      const property = target.properties?.[name] ?? {};
      for (const inner of bent(property, old, resolve)) yield { ...value, [name]: inner };
    }
  }
}

const { values } = parseArgs({ options: { api: { type: 'string' }, out: { type: 'string' } } });
const document = readYaml(join(values.api, 'openapi.yaml'));
const errors = readErrors(join(values.api, 'errors.json'));
const compiler = new SchemaCompiler(document);
const resolve = (schema) => compiler.resolve(schema, 'cases');

const ajv = addFormats(new Ajv2020({ strict: false }), ['date-time', 'email']);
ajv.addSchema({ $id: 'contract', components: document.components });
const cases = [];
for (const op of operationsOf(document, new Set(errors.errors.map(({ code }) => code)))) {
  if (op.body.kind !== 'json') continue;
  const verdict = ajv.compile({ $ref: `contract${op.body.schema.$ref}` });
  for (const full of [false, true]) {
    const body = fitting(op.body.schema, resolve, full);
    if (!verdict(body)) throw new Error(`${op.id}: ${JSON.stringify(body)}: ${ajv.errorsText(verdict.errors)}`);
    cases.push(...[body, ...bent(op.body.schema, body, resolve)].map((one) => ({ operation: op.id, valid: verdict(one), body: one })));
  }
}
writeFileSync(values.out, `[${cases.map((one) => JSON.stringify(one)).join(',\n')}]\n`);
