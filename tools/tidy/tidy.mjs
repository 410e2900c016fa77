// SPDX-License-Identifier: Apache-2.0
// Checks the rules of the house: node tidy.mjs --build DIR --report FILE [--all-files [--minutes N]]
// Lint looks at what differs from origin/main, with --all-files at everything, those first that were changed last; what
// it had not begun after N minutes is left for the next time, when what was in order now is remembered. The rest always
// looks at everything.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installPackages } from '../npm/install.mjs';
import { compileCommands } from '../test/toolbox.mjs';
import { headersThatNeedOthers, lint, Memory, misformatted, run, Sources } from './compiled.mjs';
import { rules } from './rules.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const { values: options } = parseArgs({
  options: {
    build: { type: 'string' },
    report: { type: 'string' },
    'all-files': { type: 'boolean', default: false },
    minutes: { type: 'string' },
  },
});
const build = resolve(options.build);

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const lines = (text) => text.split('\n').filter(Boolean);
const isPlanted = (path) => path.startsWith('tools/tidy/planted/');

const files = [...new Set(lines(git('ls-files', '-co', '--exclude-standard')))]
  .filter((path) => !isPlanted(path) && existsSync(join(root, path)))
  .sort();
const cpp = files.filter((path) => /\.(cpp|hpp)$/.test(path));
const sources = new Sources(root, build);
const memory = new Memory();
const commands = compileCommands(build);

/** What is not on origin/main yet: committed, changed or new. */
function changedFiles() {
  let base = 'HEAD';
  try {
    base = git('merge-base', 'HEAD', 'origin/main').trim();
  } catch {
    // A repository without that branch: only what is not committed counts as changed.
  }
  return [...lines(git('diff', '--name-only', base)), ...lines(git('ls-files', '-o', '--exclude-standard'))];
}

/** Those that were changed last come first. */
function newestFirst(paths) {
  const age = new Map();
  for (const path of lines(git('log', '--name-only', '--format='))) if (!age.has(path)) age.set(path, age.size);
  return paths.sort((a, b) => (age.get(a) ?? -1) - (age.get(b) ?? -1));
}

/** The sources to lint; a changed header is seen through a source that includes it, its own if there is one. */
function filesToLint() {
  const all = cpp.filter((path) => /^(src|tests|bench)\/.*\.cpp$/.test(path) && !path.startsWith('tests/compile_fail/'));
  if (options['all-files']) return newestFirst(all);
  const changed = new Set(changedFiles());
  const wanted = new Set(all.filter((path) => changed.has(path)));
  for (const header of cpp.filter((path) => path.endsWith('.hpp') && changed.has(path))) {
    const users = all.filter((path) => sources.closure(join(root, path)).has(join(root, header)));
    const chosen = users.find((path) => path === header.replace(/hpp$/, 'cpp')) ?? users[0];
    if (chosen) wanted.add(chosen);
  }
  return [...wanted];
}

async function npmLint(folder) {
  installPackages(join(root, folder));
  const { ok, output } = await run('npm', ['run', '--silent', 'lint'], { cwd: join(root, folder) });
  return ok ? [] : [{ path: folder, what: output.trim() }];
}

const hasNpmLint = (folder) => {
  const path = join(root, folder, 'package.json');
  return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).scripts?.lint;
};

const tree = { files, read: (path) => readFileSync(join(root, path), 'utf8') };
const toLint = filesToLint();
const headers = cpp.filter((path) => path.startsWith('src/') && path.endsWith('.hpp'));
let left = 0;
const nameOfLint = () => `lint: clang-tidy finds nothing in ${toLint.length - left} files${left > 0 ? `, ${left} are left` : ''}`;
async function lintInTime() {
  const until = options.minutes ? Date.now() + Number(options.minutes) * 60_000 : Infinity;
  const looked = await lint({ root, config: join(root, '.clang-tidy'), files: toLint, commands, sources, memory, until });
  left = looked.left;
  return looked.findings;
}
const checks = [
  ...rules.map(({ name, check }) => [name, () => check(tree)]),
  ['format: as clang-format writes it', () => misformatted({ root, files: cpp })],
  ['headers: each compiles on its own', () => headersThatNeedOthers({ root, headers, commands, sources, memory })],
  [nameOfLint, lintInTime],
  ...['web', 'tools/contract'].filter(hasNpmLint).map((folder) => [`lint: ${folder}`, () => npmLint(folder)]),
];

const rows = [];
for (const [nameOf, check] of checks) {
  const findings = await check();
  const name = typeof nameOf === 'function' ? nameOf() : nameOf;
  const detail = findings.map(({ path, line, what }) => `    ${path}${line ? `:${line}` : ''}: ${what}`).join('\n');
  rows.push({ name: `tidy: ${name}`, ok: findings.length === 0, detail });
  console.log(`${findings.length === 0 ? 'ok  ' : 'BAD '} ${name}`);
}
writeFileSync(options.report, JSON.stringify(rows));
