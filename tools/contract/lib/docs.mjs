// SPDX-License-Identifier: Apache-2.0
// The reference page: one HTML file without any script, made from openapi.yaml, errors.json and the events.
import { allErrorsOf } from './operations.mjs';
import { html, inline, paragraphs } from './markup.mjs';

const nameOf = (reference) => reference.split('/').pop();
const schemaLink = (name) => html`<a href="#schema-${name}">${name}</a>`;

function typeOf(schema) {
  if (schema.$ref) return schemaLink(nameOf(schema.$ref));
  if (schema.oneOf) return html`one of ${joined(schema.oneOf.map(typeOf))}`;
  if (schema.allOf) return html`${joined(schema.allOf.filter((part) => part.$ref).map(typeOf))}`;
  if (schema.type === 'array') return html`list of ${typeOf(schema.items ?? {})}`;
  return html`${[schema.type ?? (schema.enum || schema.const ? 'string' : 'any')].flat().join(' or ')}`;
}

const joined = (parts, separator = ', ') =>
  parts.map((part, i) => (i === 0 ? html`${part}` : html`${separator}${part}`));

function rulesOf(schema) {
  const range = (from, to, unit) => [
    from !== undefined && `at least ${from}${unit}`,
    to !== undefined && `at most ${to}${unit}`,
  ];
  const words = schema.const === undefined ? schema.enum : [schema.const];
  const rules = [
    words && html`${joined(words.map((word) => html`<code>${word}</code>`))}`,
    schema.format,
    schema.pattern && html`<code>${schema.pattern}</code>`,
    ...range(schema.minimum, schema.maximum, ''),
    ...range(schema.minLength, schema.maxLength, ' characters'),
    ...range(schema.minItems, schema.maxItems, ' items'),
    schema['x-vcare-also'] && html`else at ${joined(schema['x-vcare-also'].map((place) => html`<code>${place}</code>`))}`,
    schema.default !== undefined && html`default <code>${schema.default}</code>`,
  ];
  return joined(rules.filter(Boolean), '; ');
}

/** Rows for the properties of an object; those of an object within it follow, indented by their names. */
function propertyRows(schema, prefix = '') {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const row = html`<tr><td><code>${prefix}${name}</code>${required.has(name) && html` <b>required</b>`}</td>
      <td>${typeOf(property)}</td><td>${rulesOf(property)} ${property.description && inline(property.description)}</td></tr>\n`;
    return [row, ...(property.properties ? propertyRows(property, `${prefix}${name}.`) : [])];
  });
}

const table = (heads, rows) =>
  html`<div class="table"><table><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody></table></div>\n`;

function schemaSection(name, schema) {
  const rows = propertyRows(schema);
  return html`<section class="schema" id="schema-${name}"><h3>${name}</h3>${paragraphs(schema.description)}
    ${rows.length > 0 ? table(['Field', 'Type', 'Rules'], rows) : html`<p>${typeOf(schema)} ${rulesOf(schema)}</p>`}
    ${schema.allOf && rows.length === 0 && html`<p>With all of its fields.</p>`}</section>\n`;
}

function callersOf(op) {
  const named = {
    none: 'nobody in particular',
    bearer: 'staff, by bearer token',
    visit: 'a participant, by visit credential or cookie',
    link: 'the holder of a link',
  };
  const grants = op.grants.map(
    ({ scope, roles }) => html`<li><code>${scope}</code> as ${joined(roles.map((role) => html`<code>${role}</code>`))}</li>`,
  );
  return html`<p>Called by ${joined(op.credential.map((name) => named[name]), ' or ')}.</p>
    ${grants.length > 0 && html`<ul>${grants}</ul>`}`;
}

function parameterSection(op) {
  if (op.parameters.length === 0) return '';
  const rows = op.parameters.map(
    (p) => html`<tr><td><code>${p.name}</code>${p.required && html` <b>required</b>`}</td><td>${p.in}</td>
      <td>${typeOf(p.schema)}</td><td>${rulesOf(p.schema)} ${p.description && inline(p.description)}</td></tr>\n`,
  );
  return html`<h4>Parameters</h4>${table(['Name', 'In', 'Type', 'Rules'], rows)}`;
}

function answerSection(op, document) {
  const resolve = (answer) => (answer.$ref ? document.components.responses[nameOf(answer.$ref)] : answer);
  const rows = Object.entries(op.operation.responses).map(([status, reference]) => {
    const answer = resolve(reference);
    const [type, media] = Object.entries(answer.content ?? {})[0] ?? ['', null];
    return html`<tr><td><code>${status}</code></td><td>${inline(answer.description)}</td>
      <td>${type} ${media?.schema && typeOf(media.schema)}</td></tr>\n`;
  });
  const codes = allErrorsOf(op, document);
  return html`<h4>Answers</h4>${table(['Status', 'Meaning', 'Body'], rows)}
    <p class="codes">May refuse with ${joined(codes.map((code) => html`<a href="#error-${code}">${code}</a>`))}.</p>`;
}

function operationSection(op, document) {
  const body = op.operation.requestBody?.content;
  const [type, media] = body ? Object.entries(body)[0] : [];
  return html`<section class="operation" id="${op.id}">
    <h3><span class="method ${op.method}">${op.method.toUpperCase()}</span> <code>${op.routes[0]}</code></h3>
    <p class="summary">${op.operation.summary}${op.operation.deprecated && ' (deprecated)'}</p>
    ${paragraphs(op.operation.description)}${callersOf(op)}${parameterSection(op)}
    ${body && html`<h4>Body</h4><p>${type}, ${typeOf(media.schema)}, at most ${op.maxBody / 1024} KiB${!op.body.required && ', may be left out'}.</p>`}
    ${answerSection(op, document)}</section>\n`;
}

function errorSection({ errors }) {
  const rows = errors.map(
    (e) => html`<tr id="error-${e.code}"><td><code>${e.code}</code></td><td>${e.status}</td>
      <td>${e.retryable ? 'may be sent again' : ''}</td><td>${e.sentence}</td></tr>\n`,
  );
  return html`<h2 id="errors">Error codes</h2>${table(['Code', 'Status', 'Again', 'For people'], rows)}`;
}

function eventSection({ types }) {
  const sections = types.map(
    ({ type, schema, retention }) => html`<section class="schema" id="${type}"><h3><code>${type}</code></h3>
      <p>${schema.description} Kept as <code>${retention}</code>.</p>
      ${table(['Field of data', 'Type', 'Rules'], propertyRows(schema))}</section>\n`,
  );
  return html`<h2 id="events">Events</h2><p>CloudEvents 1.0; the whole of it is in
    <a href="/asyncapi.yaml">asyncapi.yaml</a>.</p>${sections}`;
}

const alsoOf = (places) => places && html`<p>Also known as ${joined(places.map((place) => html`<code>${place}</code>`))}.</p>`;

function consumedSection({ types }) {
  const sections = types.map(
    ({ type, schema, example }) => html`<section class="schema" id="${type}"><h3><code>${type}</code></h3>
      <p>${schema.description}</p>${alsoOf(schema['x-vcare-types'])}
      ${table(['Field of data', 'Type', 'Rules'], propertyRows(schema))}
      <pre>${JSON.stringify(example, null, 2)}</pre></section>\n`,
  );
  return html`<h2 id="consumed">Events of other services</h2><p>What is read where a broker is configured, as
    CloudEvents 1.0; the whole of it is in <a href="/asyncapi.yaml">asyncapi.yaml</a>.</p>${sections}`;
}

export function docsPage(document, operations, errors, events, consumed) {
  const groups = document.tags.map((tag) => ({
    ...tag,
    operations: operations.filter((op) => op.operation.tags.includes(tag.name)),
  }));
  const links = groups.map(
    (group) => html`<h2>${group.name}</h2><ul>${group.operations.map(
      (op) => html`<li><a href="#${op.id}">${op.operation.summary}</a></li>`,
    )}</ul>`,
  );
  const sections = groups.map(
    (group) => html`<h2 id="tag-${group.name}">${group.name}</h2><p>${group.description}</p>
      ${group.operations.map((op) => operationSection(op, document))}`,
  );
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => schemaSection(name, schema));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title}: API reference</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<nav aria-label="Contents"><p class="title">${document.info.title}</p>${links}
<h2>Reference</h2><ul><li><a href="#errors">Error codes</a></li><li><a href="#events">Events</a></li>
<li><a href="#consumed">Events of other services</a></li>
<li><a href="#schemas">Schemas</a></li><li><a href="/openapi.yaml">openapi.yaml</a></li>
<li><a href="/asyncapi.yaml">asyncapi.yaml</a></li></ul></nav>
<main>
<h1>${document.info.title}: API reference</h1>
${paragraphs(document.info.description)}
${sections}
${errorSection(errors)}
${eventSection(events)}
${consumedSection(consumed)}
<h2 id="schemas">Schemas</h2>
${schemas}
</main>
</body>
</html>
`.toString();
}
