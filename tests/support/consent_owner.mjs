// SPDX-License-Identifier: Apache-2.0
// An owner of consents, as a service of its own:
//   node consent_owner.mjs PORT JOURNAL [--token T] [--certificate FILE --key FILE]
// Prints `ready` when it answers on 127.0.0.1. With a token, nobody else is let in. With a certificate it speaks TLS
// there, and plainly on the next port, for the test itself. Every record it takes and every decision it gives is a line
// of the journal before it is answered, and the journal is all that it knows at its next start.
//   POST /consents            takes a record, as the service brings it
//   GET  /consents/decision   grants what the newest record of the patient grants
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { serveOn } from './serve.mjs';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { token: { type: 'string' }, certificate: { type: 'string' }, key: { type: 'string' } },
});
const [port, journal] = [Number(positionals[0]), positionals[1]];
const newest = new Map();
const keyOf = ({ tenantId, patientId, type }) => `${tenantId} ${patientId} ${type}`;

function know(line) {
  if (line.kind === 'record') newest.set(keyOf(line), line);
}

function write(line) {
  appendFileSync(journal, `${JSON.stringify({ ...line, at: Date.now() })}\n`);
  know(line);
}

function take(record) {
  const { tenantId, patientId, type, id, status } = record;
  if (![tenantId, patientId, type, id, status].every((text) => typeof text === 'string')) return [400, {}];
  write({ kind: 'record', tenantId, patientId, type, id, status });
  return [201, {}];
}

function decide(query) {
  const about = { tenantId: query.get('tenantId'), patientId: query.get('patientId'), type: query.get('type') };
  const record = newest.get(keyOf(about));
  const isGranted = record?.status === 'granted';
  write({ kind: 'said', ...about, decision: isGranted ? 'granted' : 'denied' });
  if (!isGranted) return [200, { decision: 'denied', ...about }];
  return [200, { decision: 'granted', consentId: record.id, textVersion: '1', ...about }];
}

async function textOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function answer(request) {
  if (values.token && request.headers.authorization !== `Bearer ${values.token}`) return [401, {}];
  const url = new URL(request.url, 'http://localhost');
  const text = await textOf(request);
  if (request.method === 'POST' && url.pathname === '/consents') return take(JSON.parse(text));
  if (request.method === 'GET' && url.pathname === '/consents/decision') return decide(url.searchParams);
  return [404, {}];
}

if (existsSync(journal)) {
  for (const line of readFileSync(journal, 'utf8').split('\n').filter(Boolean)) know(JSON.parse(line));
}
async function serve(request, response) {
  const [status, body] = await answer(request).catch(() => [400, {}]);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

await serveOn(port, serve, values);
