// SPDX-License-Identifier: Apache-2.0
// Merges what every process of a test run counted and holds the line coverage of each ring against its
// limit. Only the domain is held to branches: those of coroutines name the compiler's own.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const limits = [
  { ring: 'all', folder: 'src/', lines: 85 },
  { ring: 'domain', folder: 'src/domain/', lines: 95, branches: 85 },
  { ring: 'application', folder: 'src/application/', lines: 90 },
  { ring: 'adapters', folder: 'src/adapters/', lines: 80 },
];

const percent = ({ covered, count }) => (count === 0 ? 100 : (100 * covered) / count);

/** One row a source file below src/, whichever way its headers were included: path → {lines, branches}. */
export function filesOf(exported, root, build) {
  const files = new Map();
  for (const { filename, summary } of exported.data[0].files) {
    // The compiler saw paths relative to the build folder, headers through the links of include_roots.
    const seen = resolve(build, filename);
    const path = relative(root, existsSync(seen) ? realpathSync(seen) : seen);
    if (!path.startsWith('src/')) continue;
    const known = files.get(path);
    if (!known || known.lines.covered < summary.lines.covered) {
      files.set(path, { lines: summary.lines, branches: summary.branches });
    }
  }
  return files;
}

function total(files, folder, kind) {
  const sum = { covered: 0, count: 0 };
  for (const [path, summary] of files) {
    if (!path.startsWith(folder)) continue;
    sum.covered += summary[kind].covered;
    sum.count += summary[kind].count;
  }
  return sum;
}

/** One row a limit: {name, ok}. A ring without a single line would mean that nothing was measured. */
export function judge(files) {
  return limits.flatMap(({ ring, folder, ...figures }) =>
    Object.entries(figures).map(([kind, limit]) => {
      const sum = total(files, folder, kind);
      const figure = percent(sum);
      const ok = sum.count > 0 && figure >= limit;
      const counts = `${sum.covered} of ${sum.count}`;
      return { name: `coverage of ${ring}: ${figure.toFixed(1)} % of ${kind} (${counts}), at least ${limit} %`, ok };
    }),
  );
}

/** Measures the run whose profiles lie in `profiles`; writes the table of files to `report`. */
export function coverage({ root, build, profiles, programs, report }) {
  const raw = readdirSync(profiles).filter((name) => name.endsWith('.profraw'));
  if (raw.length === 0) return [{ name: 'coverage: no process wrote a profile', ok: false }];
  const merged = join(profiles, 'all.profdata');
  const list = join(profiles, 'all.txt');
  writeFileSync(list, raw.map((name) => join(profiles, name)).join('\n'));
  execFileSync('llvm-profdata-19', ['merge', '--sparse', '--failure-mode=all', `--input-files=${list}`, '-o', merged]);

  const objects = programs.flatMap((program, index) => (index === 0 ? [program] : ['-object', program]));
  const json = execFileSync('llvm-cov-19', ['export', '-summary-only', '-instr-profile', merged, ...objects], {
    cwd: build,
    maxBuffer: 1 << 28,
    // It warns of inline functions that one program leaves out and another counts.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const files = filesOf(JSON.parse(json), root, build);
  const rows = [...files].sort((a, b) => percent(a[1].lines) - percent(b[1].lines));
  writeFileSync(
    report,
    rows.map(([path, { lines }]) => `${percent(lines).toFixed(1).padStart(5)} % ${lines.count - lines.covered} missed  ${path}\n`).join(''),
  );
  return judge(files);
}
