// SPDX-License-Identifier: Apache-2.0
// Builds, runs the test suites and adds up their reports: node run.mjs [options]
//   --preset asan       the build of the C++ tests
//   --only a,b          these suites: tidy, node, compile_fail, <kinds of C++ tests>, vitest, package, e2e
//   --filter 'Admit*'   C++ tests whose Suite.name matches, nothing else
//   --all-files         lint every file, not only what was changed; CI does, as far as it comes in ten minutes
// The last line is `N passed, N failed, N skipped`; the exit code is 1 unless nothing failed.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from '../npm/install.mjs';
import { coverage } from './coverage.mjs';
import { broken, googleTest, lastWords, nothing, plain, playwright, readReport, sum, tap, vitest } from './reports.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const { values: options } = parseArgs({
  options: {
    preset: { type: 'string', default: 'asan' },
    only: { type: 'string' },
    filter: { type: 'string' },
    'all-files': { type: 'boolean', default: false },
  },
});
const only = options.only?.split(',');
const build = join(root, 'build', options.preset);
const results = join(root, 'test-results', options.preset);
const profiles = join(results, 'profiles');
const cores = (availableParallelism ?? (() => cpus().length))();

const minutesOfLint = '10';

const wants = (suite) => (only ? only.includes(suite) : !options.filter || isCpp(suite));
const isCpp = (suite) => !['tidy', 'node', 'compile_fail', 'vitest', 'package', 'e2e'].includes(suite);
const say = (text) => console.log(`\n== ${text}`);

/** Runs a program to its end, its output going where ours goes unless `stdio` says otherwise. */
function run(program, args, { cwd = root, env = {}, stdio = 'inherit' } = {}) {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', stdio, 'inherit'], env: { ...process.env, ...env } });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.on('error', (error) => done({ ok: false, output: String(error) }));
    child.on('close', (code) => done({ ok: code === 0, output }));
  });
}

async function ninja(preset, targets) {
  say(`build ${preset}${targets.length ? `: ${targets.join(' ')}` : ''}`);
  const { ok } = await run('ninja', ['--quiet', '-C', join(root, 'build', preset), ...targets]);
  return ok ? nothing() : broken(`the ${preset} build`);
}

function cppTests() {
  const path = join(build, 'tests.tsv');
  if (!existsSync(path)) return [];
  const rows = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return rows.map((row) => row.split('\t')).map(([kind, name, program]) => ({ kind, name, program }));
}

const sanitizers = {
  ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
  TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1',
  ASAN_SYMBOLIZER_PATH: '/usr/bin/llvm-symbolizer-19',
  TSAN_SYMBOLIZER_PATH: '/usr/bin/llvm-symbolizer-19',
};

/** The C++ programs of the wanted kinds, each of which must leave a report. */
async function cpp(tests) {
  say(`run ${tests.map(({ name }) => name).join(' ')}`);
  const env = {
    ...sanitizers,
    GTEST_OUTPUT: `xml:${results}/`,
    LLVM_PROFILE_FILE: join(profiles, '%m%c.profraw'),
    ...(options.filter ? { GTEST_FILTER: options.filter } : {}),
  };
  const names = `^(${tests.map(({ name }) => name).join('|')})$`;
  const args = ['--test-dir', build, '-R', names, '-j', String(cores), '--output-on-failure', '--no-tests=error'];
  const { ok } = await run('ctest', args, { env });
  const mayBeEmpty = Boolean(options.filter);
  const log = join(build, 'Testing/Temporary/LastTest.log');
  const total = sum(
    tests.map(({ name, program }) => {
      const report = join(results, `${basename(program)}.xml`);
      return readReport(googleTest, report, name, { mayBeEmpty, written: () => lastWords(readFileSync(log, 'utf8'), name) });
    }),
  );
  // A leak is found, or a crash happens, after the last test was reported as passed.
  return !ok && total.failed === 0 ? sum([total, broken('ctest: a test program failed after its tests passed')]) : total;
}

async function ownReport(name, script, args) {
  const report = join(results, `${name}.json`);
  await run('node', [join(root, script), ...args, '--report', report]);
  return readReport(plain, report, name);
}

function testFilesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFilesBelow(path);
    return entry.name.endsWith('.test.mjs') ? [path] : [];
  });
}

async function nodeTests() {
  const { output } = await run('node', ['--test', '--test-reporter=tap', ...testFilesBelow(join(root, 'tools'))], { stdio: 'pipe' });
  const result = tap(output, 'tools');
  if (result.failed > 0) console.log(output);
  return result;
}

async function webTests() {
  const web = join(root, 'web');
  const report = join(results, 'vitest.json');
  installPackages(web);
  const { ok } = await run('npm', ['test', '--silent', '--', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], { cwd: web });
  const result = readReport(vitest, report, 'web');
  return !ok && result.failed === 0 ? sum([result, broken('web: vitest failed')]) : result;
}

async function browserTests() {
  const folder = join(root, 'tests/e2e');
  const report = join(results, 'playwright.json');
  installPackages(folder);
  const env = {
    VCARE_BINARY: join(root, 'build/release/bin/vcare'),
    VCARE_PRODUCTION_STACK: join(build, 'bin/tests/production_stack'),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    LLVM_PROFILE_FILE: '/dev/null', // of the stack, whose coverage is nobody's
  };
  const { ok } = await run('npx', ['--no-install', 'playwright', 'test', '--reporter=line,json'], { cwd: folder, env });
  const result = readReport(playwright, report, 'e2e');
  return !ok && result.failed === 0 ? sum([result, broken('e2e: playwright failed')]) : result;
}

async function suites() {
  const every = [];
  const record = async (suite, work) => {
    const started = Date.now();
    const result = await work();
    every.push({ suite, result, seconds: (Date.now() - started) / 1000 });
    return result.failed === 0;
  };

  const needsBuild = !only || only.some((suite) => !['vitest', 'node', 'package'].includes(suite));
  const kinds = only?.filter(isCpp) ?? [];
  const wanted = [...kinds.map((kind) => `vcare_tests_${kind}`), ...(wants('e2e') ? ['production_stack'] : [])];
  const targets = only && !only.some((suite) => ['tidy', 'compile_fail'].includes(suite)) ? wanted : [];
  let built = true;
  if (needsBuild) built = await record(`build ${options.preset}`, () => ninja(options.preset, targets));
  const hasBrowserTests = existsSync(join(root, 'tests/e2e/package-lock.json'));
  const wantsBrowser = wants('e2e') && hasBrowserTests;
  if (built && (wantsBrowser || wants('package'))) built = await record('build release', () => ninja('release', []));
  if (!built) return every;

  if (wants('node')) await record('node', nodeTests);
  if (wants('tidy')) {
    const everything = options['all-files'] ? ['--all-files'] : process.env.CI ? ['--all-files', '--minutes', minutesOfLint] : [];
    const args = ['--build', build, ...everything];
    await record('tidy', () => ownReport('tidy', 'tools/tidy/tidy.mjs', args));
  }
  if (wants('compile_fail')) {
    await record('compile_fail', () => ownReport('compile_fail', 'tools/test/compile_fail.mjs', ['--build', build]));
  }
  const tests = cppTests().filter(({ kind }) => wants(kind));
  if (tests.length > 0) await record('C++', () => cpp(tests));
  if (wants('vitest') && existsSync(join(root, 'web/package-lock.json'))) await record('vitest', webTests);
  if (wants('package')) await record('package', () => ownReport('package', 'tools/package/check.mjs', ['--binary', join(root, 'build/release/bin/vcare')]));
  if (wantsBrowser) await record('e2e', browserTests);

  if (!only && !options.filter && options.preset === 'asan') {
    const programs = [...cppTests().map(({ program }) => program), join(build, 'bin/vcare')].filter(existsSync);
    const report = join(results, 'coverage.txt');
    await record('coverage', async () => {
      const rows = coverage({ root, build, profiles, programs, report });
      for (const { name, ok } of rows) console.log(`${ok ? '     ' : 'BELOW'} ${name}`);
      console.log(`each file: ${report}`);
      return plain(JSON.stringify(rows), 'coverage');
    });
  }
  return every;
}

rmSync(results, { recursive: true, force: true });
mkdirSync(profiles, { recursive: true });
const every = await suites();
const total = sum(every.map(({ result }) => result));
say('result');
for (const { suite, result, seconds } of every) {
  console.log(`${suite.padEnd(14)} ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${seconds.toFixed(0)} s`);
}
for (const note of total.notes) console.log(note);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
