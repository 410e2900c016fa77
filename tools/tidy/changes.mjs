// SPDX-License-Identifier: Apache-2.0
// Which files a lint looks at when it does not look at all of them.
import { execFileSync } from 'node:child_process';

const lines = (text) => [...new Set(text.split('\n').filter(Boolean))];

/**
 * What is not on origin/main yet: committed, changed or new. In a clone of it nothing is, so there it is what
 * was changed last, `most` sources of it: what somebody pushed is looked at, and a look finds something.
 */
export function changedFiles(root, { most = 100 } = {}) {
  const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const open = lines(git('diff', '--name-only', 'HEAD') + git('ls-files', '-o', '--exclude-standard'));
  const head = git('rev-parse', 'HEAD').trim();
  let base = head;
  try {
    base = git('merge-base', 'HEAD', 'origin/main').trim();
  } catch {
    // A repository without that branch: what was changed last.
  }
  if (base !== head) return lines([...lines(git('diff', '--name-only', base)), ...open].join('\n'));
  const past = lines(git('log', '-n', '200', '--name-only', '--format=')).filter((path) => /\.(cpp|hpp)$/.test(path));
  return lines([...open, ...past.slice(0, most)].join('\n'));
}
