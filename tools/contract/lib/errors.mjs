// SPDX-License-Identifier: Apache-2.0
// api/errors.json: read, checked, and turned into the table that the domain's ErrorCode is made of.
import { readFileSync } from 'node:fs';
import { generatedNotice, quoted, snakeCase } from './cpp.mjs';

function checkEntry(entry, seen) {
  const { code, status, retryable, title, sentence } = entry;
  if (!/^[A-Z][A-Z0-9_]*$/.test(code ?? '')) throw new Error(`errors.json: ${code} is not an UPPER_CASE code`);
  if (seen.has(code)) throw new Error(`errors.json: ${code} stands there twice`);
  if (!Number.isInteger(status) || status < 400 || status > 599) throw new Error(`errors.json: ${code}: status`);
  if (typeof retryable !== 'boolean') throw new Error(`errors.json: ${code}: retryable must be true or false`);
  if (!title || !sentence) throw new Error(`errors.json: ${code}: title and sentence are needed`);
  seen.add(code);
}

export function readErrors(path) {
  const { typePrefix, errors } = JSON.parse(readFileSync(path, 'utf8'));
  const seen = new Set();
  for (const entry of errors) checkEntry(entry, seen);
  return { typePrefix, errors };
}

export function errorFiles({ errors }) {
  const rows = errors.map(
    (e) =>
      `VCARE_ERROR(${snakeCase(e.code)}, ${quoted(e.code)}, ${e.status}, ${e.retryable}, ` +
      `${quoted(e.title)}, ${quoted(e.sentence)})\n`,
  );
  const head =
    '// VCARE_ERROR(identifier, wire code, HTTP status, retryable, title, sentence for people)\n';
  return { 'error_codes.inc': generatedNotice + head + rows.join('') };
}
