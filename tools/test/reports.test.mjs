// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { googleTest, lastWords, plain, playwright, readReport, sum, tap, vitest } from './reports.mjs';
import { temporaryFolder } from './temporary.mjs';

const counts = ({ passed, failed, skipped }) => [passed, failed, skipped];

function reportHolding(text) {
  const path = join(temporaryFolder(), 'report');
  writeFileSync(path, text);
  return path;
}

const googleTestXml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" disabled="1" errors="0">
  <testsuite name="Admit">
    <testcase name="refuses" status="run" result="completed" classname="Admit" />
    <testcase name="fails" status="run" result="completed" classname="Admit">
      <failure message="a &lt; b" type=""><![CDATA[a < b]]></failure>
    </testcase>
    <testcase name="needs_docker" status="run" result="skipped" classname="Admit">
      <skipped message="no &quot;docker&quot; here"><![CDATA[x]]></skipped>
    </testcase>
    <testcase name="DISABLED_later" status="notrun" result="suppressed" classname="Admit" />
  </testsuite>
</testsuites>
`;

test('a GoogleTest report gives what passed, failed and was skipped', () => {
  const result = googleTest(googleTestXml, 'admit_test');

  assert.deepEqual(counts(result), [1, 1, 2]);
  assert.deepEqual(result.notes.slice(0, 2), ['FAILED  Admit.fails', 'skipped Admit.needs_docker: no "docker" here']);
});

test('a GoogleTest report that is cut short is a failure', () => {
  assert.deepEqual(counts(googleTest(googleTestXml.slice(0, -20), 'admit_test')), [0, 1, 0]);
});

test('a GoogleTest program without any test is a failure, unless a filter was set', () => {
  const empty = '<testsuites tests="0"></testsuites>\n';

  assert.deepEqual(counts(googleTest(empty, 'admit_test')), [0, 1, 0]);
  assert.deepEqual(counts(googleTest(empty, 'admit_test', { mayBeEmpty: true })), [0, 0, 0]);
});

for (const [name, read] of Object.entries({ googleTest, vitest, playwright, tap, plain })) {
  test(`a missing report of ${name} is a failure`, () => {
    assert.deepEqual(counts(readReport(read, '/nowhere/at/all', name)), [0, 1, 0]);
  });

  test(`a report of ${name} that is not one is a failure`, () => {
    assert.deepEqual(counts(readReport(read, reportHolding('Segmentation fault\n'), name)), [0, 1, 0]);
  });
}

test('a Vitest file that does not load is a failure beside the tests that pass', () => {
  const report = {
    testResults: [
      { name: 'a.test.ts', status: 'passed', message: '', assertionResults: [{ status: 'passed', fullName: 'a works' }] },
      { name: 'b.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
    ],
  };

  assert.deepEqual(counts(vitest(JSON.stringify(report), 'web')), [1, 1, 0]);
});

test('a flaky browser test is no failure, and is named', () => {
  const spec = (title, status) => ({ title, tests: [{ status, annotations: [] }] });
  const report = {
    suites: [
      {
        title: 'visit.spec.ts',
        specs: [spec('plays', 'expected')],
        suites: [{ title: 'waiting', specs: [spec('reloads', 'flaky'), spec('sleeps', 'skipped')] }],
      },
    ],
    errors: [],
  };
  const result = playwright(JSON.stringify(report), 'e2e');

  assert.deepEqual(counts(result), [2, 0, 1]);
  assert.equal(result.notes[0], 'flaky   visit.spec.ts › waiting › reloads');
});

test('a browser suite that could not start is a failure', () => {
  assert.deepEqual(counts(playwright('{"suites": [], "errors": [{"message": "no config"}]}', 'e2e')), [0, 1, 0]);
});

test("node's report gives its counts, a cancelled test is a failure", () => {
  const text = 'TAP version 13\nok 1 - a\nnot ok 2 - b\n# tests 3\n# pass 1\n# fail 1\n# cancelled 1\n# skipped 0\n# todo 0\n';

  assert.deepEqual(counts(tap(text, 'tools')), [1, 2, 0]);
});

test('sums keep every note', () => {
  const total = sum([googleTest(googleTestXml, 'a'), plain('[{"name": "x", "ok": false, "detail": "why"}]', 'b')]);

  assert.deepEqual(counts(total), [1, 2, 2]);
  assert.equal(total.notes.at(-1), 'FAILED  x\nwhy');
});

test('a program without a report leaves its last words', () => {
  const run = (number, name, output) =>
    `${number}/2 Testing: ${name}\n${number}/2 Test: ${name}\nCommand: "x"\nOutput:\n------\n${output}\n<end of output>\nTest time = 1 sec\n`;
  const log = run(1, 'admit_test', 'one\ntwo\nthree') + run(2, 'join_test', 'four\n');

  assert.equal(lastWords(log, 'admit_test', 2), 'two\nthree');
  assert.equal(lastWords(log, 'join_test'), 'four');
  assert.equal(lastWords(log, 'join'), '');
  const missing = readReport(googleTest, '/nowhere', 'admit_test', { written: () => lastWords(log, 'admit_test', 1) });
  assert.deepEqual(missing.notes, ['FAILED  admit_test: it wrote no report, but\nthree']);
});
