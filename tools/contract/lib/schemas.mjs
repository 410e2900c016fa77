// SPDX-License-Identifier: Apache-2.0
// Compiles JSON Schemas into flat tables of nodes for src/adapters/http/contract/schema.hpp.
// A keyword that the checker does not know is an error here, so that none is believed to be enforced.
import { cppArray, quoted } from './cpp.mjs';
import { compilePattern } from './patterns.mjs';

const annotations = ['description', 'title', 'default', 'example', 'examples', 'deprecated', '$schema', '$id'];
const keywords = [
  'type', 'enum', 'const', 'pattern', 'format', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems',
  'maxItems', 'items', 'properties', 'required', 'additionalProperties', 'allOf', '$ref',
];
const formats = { 'date-time': 'date_time', email: 'email', binary: undefined };
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'];
const maxProperties = 64; // the checker keeps a bit for each property it has seen

function checkKeywords(schema, where) {
  for (const key of Object.keys(schema))
    if (!keywords.includes(key) && !annotations.includes(key) && !key.startsWith('x-'))
      throw new Error(`${where}: the checker does not know "${key}"`);
  if (schema.format && !(schema.format in formats)) throw new Error(`${where}: unknown format ${schema.format}`);
  if (schema.additionalProperties !== undefined && typeof schema.additionalProperties !== 'boolean')
    throw new Error(`${where}: additionalProperties must be true or false`);
}

/** The words of enum or const, which must be strings or the const true/false of nothing. */
function wordsOf(schema, where) {
  const words = schema.const === undefined ? (schema.enum ?? []) : [schema.const];
  if (words.some((word) => typeof word !== 'string')) throw new Error(`${where}: only words can be enumerated`);
  return words;
}

const real = (value) => (Number.isInteger(value) ? `${value}.0` : value);

export class SchemaCompiler {
  #document;
  #closeAll;
  #nodes = [];
  #properties = [];
  #words = [];
  #parts = [];
  #patterns = new Map();
  #known = new Map();

  /** With closeAll an object that names its properties has no others, unless it says so. */
  constructor(document, { closeAll = false } = {}) {
    this.#document = document;
    this.#closeAll = closeAll;
  }

  /** Index of the node that checks `schema`. */
  add(schema, where) {
    const { target, path } = this.resolve(schema, where);
    if (this.#known.has(target)) return this.#known.get(target);
    const index = this.#nodes.length;
    this.#nodes.push(null);
    this.#known.set(target, index);
    this.#nodes[index] = this.#compile(target, path);
    return index;
  }

  resolve(schema, where) {
    let [target, path] = [schema, where];
    while (target.$ref) {
      path = target.$ref;
      if (!path.startsWith('#/')) throw new Error(`${where}: ${path} is not a reference within the document`);
      target = path.slice(2).split('/').reduce((at, key) => at?.[key.replace('~1', '/')], this.#document);
      if (!target) throw new Error(`${where}: ${path} leads nowhere`);
    }
    return { target, path };
  }

  #merged(schema, where) {
    if (!schema.allOf) return schema;
    const merged = { ...schema, properties: { ...schema.properties }, required: [...(schema.required ?? [])] };
    delete merged.allOf;
    for (const part of schema.allOf) {
      const { target, path } = this.resolve(part, where);
      const inner = this.#merged(target, path);
      Object.assign(merged.properties, inner.properties);
      merged.required.push(...(inner.required ?? []));
      merged.type ??= inner.type;
      merged.additionalProperties ??= inner.additionalProperties;
    }
    return merged;
  }

  #compile(raw, where) {
    const schema = this.#merged(raw, where);
    checkKeywords(schema, where);
    const words = wordsOf(schema, where);
    const named = [schema.type ?? (words.length > 0 ? 'string' : [])].flat();
    if (named.some((type) => !types.includes(type))) throw new Error(`${where}: unknown type ${named}`);
    return {
      types: named.length === 0 ? undefined : named.map((type) => `${type}_type`).join(' | '),
      format: schema.format && formats[schema.format] && `Format::${formats[schema.format]}`,
      pattern: schema.pattern && this.#pattern(schema.pattern, where),
      items: schema.items && this.add(schema.items, `${where}/items`),
      ...this.#object(schema, where),
      ...this.#wordRange(words),
      min_length: schema.minLength,
      max_length: schema.maxLength,
      min_items: schema.minItems,
      max_items: schema.maxItems,
      minimum: real(schema.minimum),
      maximum: real(schema.maximum),
    };
  }

  #object(schema, where) {
    const required = new Set(schema.required ?? []);
    const names = Object.keys(schema.properties ?? {}).sort();
    if (names.length > maxProperties) throw new Error(`${where}: more than ${maxProperties} properties`);
    for (const name of required)
      if (!names.includes(name)) throw new Error(`${where}: "${name}" is required but not described`);
    const rows = names.map((name) => ({
      name,
      node: this.add(schema.properties[name], `${where}/properties/${name}`),
      required: required.has(name),
    }));
    const first = this.#properties.length;
    this.#properties.push(...rows);
    const open = schema.additionalProperties ?? !(this.#closeAll && names.length > 0);
    const range = names.length > 0 ? { first_property: first, property_count: names.length } : {};
    return { ...(open ? {} : { closed: true }), ...range };
  }

  #wordRange(words) {
    const first = this.#words.length;
    this.#words.push(...words);
    return words.length > 0 ? { first_word: first, word_count: words.length } : {};
  }

  #pattern(text, where) {
    if (!this.#patterns.has(text)) {
      const first = this.#parts.length;
      const parts = compilePattern(text, where);
      this.#parts.push(...parts);
      this.#patterns.set(text, { index: this.#patterns.size, first, count: parts.length });
    }
    return this.#patterns.get(text).index;
  }

  /** C++ definitions of everything added so far; `name` is that of the SchemaTable. */
  definitions(name) {
    const nodes = this.#nodes.map((node) => {
      const given = Object.entries(node).filter(([, value]) => value !== undefined);
      return `{${given.map(([field, value]) => `.${field} = ${value}`).join(', ')}}`;
    });
    const patterns = [...this.#patterns].map(
      ([text, p]) => `{.text = ${quoted(text)}, .first_part = ${p.first}, .part_count = ${p.count}}`,
    );
    const parts = this.#parts.map((p) => {
      const bits = p.set.map((half) => `0x${half.toString(16)}U`).join(', ');
      return `{.literal = ${quoted(p.literal)}, .set = {${bits}}, .min = ${p.min}, .max = ${p.max}}`;
    });
    const properties = this.#properties.map(
      (p) => `{.name = ${quoted(p.name)}, .node = ${p.node}, .required = ${p.required}}`,
    );
    return [
      cppArray('SchemaNode', `${name}_nodes`, nodes),
      cppArray('Property', `${name}_properties`, properties),
      cppArray('std::string_view', `${name}_words`, this.#words.map(quoted)),
      cppArray('Pattern', `${name}_patterns`, patterns),
      cppArray('PatternPart', `${name}_parts`, parts),
      `constexpr SchemaTable ${name}{.nodes = ${name}_nodes, .properties = ${name}_properties, ` +
        `.words = ${name}_words, .patterns = ${name}_patterns, .parts = ${name}_parts};\n`,
    ].join('\n');
  }
}
