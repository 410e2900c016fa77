// SPDX-License-Identifier: Apache-2.0
// Reads what test programs report. Each function gives {passed, failed, skipped, notes}: the notes name
// what failed or was skipped. A report that is missing, cut short or empty counts as one failure, so
// that a test program which crashes can never look like one which passed.
import { readFileSync } from 'node:fs';

export const nothing = () => ({ passed: 0, failed: 0, skipped: 0, notes: [] });

export function broken(what) {
  return { passed: 0, failed: 1, skipped: 0, notes: [`FAILED  ${what}`] };
}

export function sum(results) {
  const total = nothing();
  for (const { passed, failed, skipped, notes } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    total.notes.push(...notes);
  }
  return total;
}

function count(name, outcome, why, into) {
  into[outcome] += 1;
  if (outcome === 'failed') into.notes.push(`FAILED  ${name}`);
  if (outcome === 'skipped') into.notes.push(`skipped ${name}${why ? `: ${why}` : ''}`);
}

function unescapeXml(text) {
  return text.replace(/&(lt|gt|quot|apos|amp|#x([0-9A-Fa-f]+));/g, (_, name, hex) =>
    hex ? String.fromCodePoint(parseInt(hex, 16)) : { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[name],
  );
}

const attribute = (text, name) => unescapeXml(new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '');

/** GoogleTest's XML. With `mayBeEmpty` (a filter is set) a program without any matching test is fine. */
export function googleTest(text, name, { mayBeEmpty = false } = {}) {
  if (!text.trimEnd().endsWith('</testsuites>')) return broken(`${name}: its report is cut short`);
  const result = nothing();
  for (const [, attributes, body = ''] of text.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const test = `${attribute(attributes, 'classname')}.${attribute(attributes, 'name')}`;
    const didRun = attribute(attributes, 'status') === 'run' && attribute(attributes, 'result') !== 'skipped';
    if (/<failure\b/.test(body)) count(test, 'failed', '', result);
    else if (didRun) count(test, 'passed', '', result);
    else count(test, 'skipped', attribute(/<skipped\b[^>]*/.exec(body)?.[0] ?? '', 'message'), result);
  }
  const ran = result.passed + result.failed + result.skipped;
  return ran === 0 && !mayBeEmpty ? broken(`${name}: it ran no test`) : result;
}

/** Vitest's JSON. */
export function vitest(text, name) {
  const report = JSON.parse(text);
  const result = nothing();
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      const outcome = { passed: 'passed', failed: 'failed' }[test.status] ?? 'skipped';
      count(`${name}: ${test.fullName}`, outcome, test.status, result);
    }
    // A file that does not load fails without any test of its own.
    const says = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !says) count(`${name}: ${file.name}: ${file.message}`, 'failed', '', result);
  }
  if (result.passed + result.failed === 0) return broken(`${name}: it ran no test`);
  return result;
}

function playwrightTests(suite, path, into) {
  const title = suite.title ? [...path, suite.title] : path;
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      const outcome = { expected: 'passed', flaky: 'passed', skipped: 'skipped' }[test.status] ?? 'failed';
      const why = test.annotations?.map((a) => a.description).filter(Boolean).join('; ');
      const name = [...title, spec.title].join(' › ');
      count(name, outcome, why, into);
      // Passed only when it was tried again: no failure, and never silent either.
      if (test.status === 'flaky') into.notes.push(`flaky   ${name}`);
    }
  }
  for (const inner of suite.suites ?? []) playwrightTests(inner, title, into);
}

/** Playwright's JSON. */
export function playwright(text, name) {
  const report = JSON.parse(text);
  const result = nothing();
  for (const suite of report.suites) playwrightTests(suite, [], result);
  for (const error of report.errors ?? []) count(`${name}: ${error.message}`, 'failed', '', result);
  if (result.passed + result.failed === 0) return broken(`${name}: it ran no test`);
  return result;
}

/** The test anything protocol as `node --test` writes it: only its closing counts and its failures. */
export function tap(text, name) {
  const number = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  const [passed, failed, cancelled, skipped, todo] = ['pass', 'fail', 'cancelled', 'skipped', 'todo'].map(number);
  if ([passed, failed, cancelled, skipped, todo].some(Number.isNaN)) return broken(`${name}: its report is cut short`);
  if (passed + failed === 0) return broken(`${name}: it ran no test`);
  const failures = [...text.matchAll(/^\s*not ok \d+ - (.*)$/gm)].map(([, test]) => `FAILED  ${name}: ${test}`);
  return { passed, failed: failed + cancelled, skipped: skipped + todo, notes: failures };
}

/** Our own form: [{name, ok, detail?}]. */
export function plain(text, name) {
  const rows = JSON.parse(text);
  const result = nothing();
  for (const row of rows) count(`${row.name}${row.detail ? `\n${row.detail}` : ''}`, row.ok ? 'passed' : 'failed', '', result);
  return rows.length === 0 ? broken(`${name}: it ran no test`) : result;
}

/** The end of what a program wrote, out of the log that ctest keeps of its run; empty when it is not in there. */
export function lastWords(log, name, lines = 40) {
  const [, after] = log.split(new RegExp(`^\\d+/\\d+ Test: ${name}$`, 'm'));
  const [, output] = after?.split(/^Output:\n-+\n/m) ?? [];
  const [written] = output?.split(/^<end of output>$/m) ?? [''];
  return written.trimEnd().split('\n').slice(-lines).join('\n');
}

/** Reads a report with one of the functions above. `written()` is what a program without a report left instead. */
export function readReport(read, path, name, { written = () => '', ...options } = {}) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    const instead = written();
    return broken(`${name}: it wrote no report${instead && `, but\n${instead}`}`);
  }
  try {
    return read(text, name, options);
  } catch (problem) {
    return broken(`${name}: its report cannot be read: ${problem.message}`);
  }
}
