// SPDX-License-Identifier: Apache-2.0
// The rules of the house that text alone can show. Each is {id, name, why, check}: check(tree) gives its
// findings as {path, line, what}. A tree is {files, read(path)} with paths relative to its root.
import { basename } from 'node:path';
import { closing, includesOf, lineOf, withoutComments } from './text.mjs';

const isCpp = (path) => /\.(cpp|hpp|inc)$/.test(path);
const isBelow = (folder) => (path) => path.startsWith(`${folder}/`);
const isText = (path) =>
  /\.(c|cpp|hpp|inc|S|cmake|mjs|js|cjs|ts|tsx|css|html|svg|sh|md|json|yaml|yml|toml|conf|sql|txt|py)$/.test(path) ||
  /(^|\/)(CMakeLists\.txt|Makefile|Containerfile|run|\.clang-\w+|\.editorconfig|\.npmrc|\.gitignore)$/.test(path);

/** Runs `look(text)`, which gives [offset, what] pairs, over the files that `wanted` takes. */
function everywhere(tree, wanted, look) {
  return tree.files.filter(wanted).flatMap((path) => {
    const text = tree.read(path);
    return look(text, path).map(([offset, what]) => ({ path, line: lineOf(text, offset), what }));
  });
}

const matches = (text, pattern, what) => [...text.matchAll(pattern)].map((match) => [match.index, what(match)]);

// ---- Layers ----

const standardHeader = /^[a-z_0-9]+$/;
const rings = [
  {
    below: 'src/domain',
    project: [/^domain\//, /^generated\/[a-z_]+\.inc$/],
    outside: [standardHeader],
  },
  {
    below: 'src/application',
    project: [/^application\//, /^domain\//, /^generated\/[a-z_]+\.inc$/],
    outside: [standardHeader, /^boost\/asio\/awaitable\.hpp$/],
    // Runs several tasks at once, which the coroutine type alone cannot.
    toolkit: { path: 'src/application/side_by_side.cpp', outside: /^boost\/asio\// },
  },
  { below: 'src/adapters', project: [/^adapters\//, /^application\//, /^domain\//, /^generated\//], outside: [/./] },
  { below: 'src/main', project: [/^main\//, /^adapters\//, /^application\//, /^domain\//, /^generated\//], outside: [/./] },
];

const layers = {
  id: 'layers',
  name: 'layers: an include points inwards',
  why: 'Dependencies go main → adapters → application → domain; paths start at src/.',
  check: (tree) =>
    rings.flatMap(({ below, project, outside, toolkit }) =>
      everywhere(tree, (path) => isCpp(path) && isBelow(below)(path), (text, file) =>
        includesOf(text)
          .filter(({ path, angled }) => !(angled ? outside : project).some((allowed) => allowed.test(path)))
          .filter(({ path, angled }) => !(angled && toolkit?.path === file && toolkit.outside.test(path)))
          .map(({ path, offset }) => [offset, `${below} may not include ${path}`]),
      ),
    ),
};

const only = (id, header, homes) => ({
  id,
  name: `${id}: its headers are included only where they belong`,
  why: `It belongs to ${homes.join(', ')}.`,
  check: (tree) =>
    everywhere(tree, (path) => isCpp(path) && isBelow('src')(path) && !homes.some((home) => path.startsWith(home)), (text) =>
      includesOf(text)
        .filter(({ path }) => header.test(path))
        .map(({ path, offset }) => [offset, `${path} belongs to ${homes.join(', ')}`]),
    ),
});

const beast = only('beast', /^boost\/beast/, [
  'src/adapters/http/request_reader.cpp',
  'src/adapters/http/response_writer.cpp',
  'src/adapters/http_client/request_writer.cpp',
  'src/adapters/http_client/response_reader.cpp',
]);
const sqlite = only('sqlite', /^sqlite3/, ['src/adapters/store/']);
const libpq = only('libpq', /^libpq/, ['src/adapters/store/']);

// ---- Coroutines ----

/** Splits at the commas that are in no bracket. */
function parametersOf(text) {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if ('(<{['.includes(char)) depth += 1;
    if (')>}]'.includes(char)) depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** [offset, parameters] of every function that is declared to return a Task. */
function taskFunctions(code) {
  const found = [];
  for (const match of code.matchAll(/\b(?:Task|awaitable)\s*</g)) {
    const afterType = closing(code, match.index + match[0].length - 1);
    if (afterType === -1) continue;
    const name = /^\s*(?:[\w:~]+(?:<[^;{}()]*>)?::)*(?:operator\s*\(\s*\)|\w+)\s*\(/.exec(code.slice(afterType));
    const trailing = /->\s*(?:[\w:]+::)?$/.test(code.slice(Math.max(0, match.index - 40), match.index));
    if (name && !trailing) {
      const open = afterType + name[0].length - 1;
      const close = closing(code, open);
      if (close !== -1) found.push([match.index, code.slice(open + 1, close - 1)]);
    } else if (trailing) {
      // `[…](parameters) -> Task<…>` and `auto f(parameters) -> Task<…>`: back to the bracket that opens them.
      const close = code.lastIndexOf(')', match.index);
      let depth = 0;
      for (let i = close; i >= 0; i -= 1) {
        if (code[i] === ')') depth += 1;
        if (code[i] === '(' && (depth -= 1) === 0) {
          found.push([match.index, code.slice(i + 1, close)]);
          break;
        }
      }
    }
  }
  return found;
}

/** What is borrowed in a parameter's own type; what a template argument such as a function takes is its own. */
function borrowed(parameter) {
  const type = parameter.replace(/=.*$/s, '');
  let outer = '';
  let depth = 0;
  for (const char of type) {
    if (char === '>' || char === ')') depth -= 1;
    if (depth === 0) outer += char;
    if (char === '<' || char === '(') depth += 1;
  }
  if (/&/.test(outer)) return 'a reference';
  return /\b(?:string_view|span|initializer_list)\b/.exec(type)?.[0];
}

const byValue = {
  id: 'by_value',
  name: 'coroutines: what returns a Task takes its parameters by value',
  why: 'A coroutine outlives the expression that called it; what it borrowed may be gone.',
  check: (tree) =>
    everywhere(tree, (path) => isCpp(path) && /^(src|tests|bench)\//.test(path) && !isBelow('tests/compile_fail')(path), (text) =>
      taskFunctions(withoutComments(text)).flatMap(([offset, parameters]) =>
        parametersOf(parameters)
          .map((parameter) => [parameter, borrowed(parameter)])
          .filter(([, what]) => what)
          .map(([parameter, what]) => [offset, `\`${parameter.replace(/\s+/g, ' ')}\` is ${what}`]),
      ),
    ),
};

const detached = {
  id: 'detached',
  name: 'coroutines: detached only inside TaskGroup',
  why: 'Every coroutine belongs to a group that is joined at shutdown.',
  check: (tree) =>
    everywhere(tree, (path) => isCpp(path) && isBelow('src')(path) && !/^task_group\.[ch]pp$/.test(basename(path)), (text) =>
      matches(withoutComments(text), /\bdetached\b/g, () => 'detached'),
    ),
};

// ---- Names ----

// In headers a name may be brought in for others.
const unusedUsing = {
  id: 'unused_using',
  name: 'a name that a source brings in is used there',
  why: 'clang-tidy asks it only of the first of the files that are shown to it together.',
  check: (tree) =>
    everywhere(tree, (path) => /^(src|tests|bench)\/.*\.cpp$/.test(path), (text) => {
      const code = withoutComments(text);
      const uses = (name) => code.match(new RegExp(`\\b${name}\\b`, 'g')).length;
      return [...code.matchAll(/\busing\s+(?:::)?(?:\w+::)+(\w+)\s*;/g)]
        .filter(([, name]) => uses(name) === 1)
        .map((match) => [match.index, `${match[1]} is brought in and not used`]);
    }),
};

// ---- Includes ----

const algorithm =
  /\bstd::(?:ranges::)?(?:(?:any|all|none)_of|find(?:_if(?:_not)?)?|count(?:_if)?|contains|search|equal|mismatch|(?:stable_)?sort|(?:stable_)?partition|copy(?:_if|_n)?|transform|replace(?:_if)?|remove(?:_if)?|unique|reverse|rotate|fill(?:_n)?|generate(?:_n)?|for_each|min|max|minmax|clamp|(?:min|max|minmax)_element|(?:lower|upper)_bound|binary_search|equal_range|includes|is_sorted|merge|set_\w+|lexicographical_compare|starts_with|ends_with)(?=\()/g;

const algorithms = {
  id: 'algorithms',
  name: 'what uses an algorithm includes <algorithm>',
  why: 'It compiles beside the precompiled header and breaks, in files that nobody changed, when another header stops including it.',
  check: (tree) =>
    everywhere(tree, (path) => /^(src|tests|bench)\/.*\.(cpp|hpp)$/.test(path) && !isBelow('tests/compile_fail')(path), (text) =>
      includesOf(text).some(({ path }) => path === 'algorithm')
        ? []
        : matches(withoutComments(text), algorithm, ([name]) => `${name} without <algorithm>`).slice(0, 1),
    ),
};

// ---- Every file ----

const carriesLicence = (path) =>
  /\.(c|cpp|hpp|cmake|mjs|js|ts|tsx|css|html|sh|sql|py|yaml|yml)$/.test(path) ||
  /(^|\/)(CMakeLists\.txt|Makefile|Containerfile|\.ci\/run)$/.test(path);

const spdx = {
  id: 'spdx',
  name: 'every source says its licence first',
  why: 'SPDX-License-Identifier: Apache-2.0 in the first line, behind a #! or doctype if there is one.',
  check: (tree) =>
    tree.files
      .filter(carriesLicence)
      .filter((path) => {
        const lines = tree.read(path).split('\n', 2);
        const first = /^(#!|<!doctype)/i.test(lines[0]) ? lines[1] : lines[0];
        return !first?.includes('SPDX-License-Identifier: Apache-2.0');
      })
      .map((path) => ({ path, line: 1, what: 'no SPDX line' })),
};

const notes = {
  id: 'notes',
  name: 'nothing is left to do later',
  why: 'What is not done is an issue, not a comment.',
  check: (tree) =>
    everywhere(tree, (path) => isText(path) && !path.endsWith('package-lock.json'), (text) =>
      matches(text, /\b(?:TO(?:DO)|FIX(?:ME)|X{3})\b/g, ([word]) => word),
    ),
};

const sleeps = {
  id: 'sleeps',
  name: 'tests await conditions, they do not sleep',
  why: 'The clock is a port; a browser test waits for what it wants to see.',
  check: (tree) =>
    everywhere(tree, (path) => isBelow('tests')(path) && /\.(cpp|hpp|ts|tsx|mjs|js)$/.test(path), (text) =>
      matches(withoutComments(text), /\b(?:sleep_for|sleep_until|usleep|nanosleep|waitForTimeout)\b|\bsleep\s*\(/g, ([word]) => word),
    ),
};

const machinePaths = {
  id: 'machine_paths',
  name: 'nothing names a machine',
  why: 'No path of a home or a work folder, no address of a package registry.',
  check: (tree) =>
    everywhere(tree, isText, (text) =>
      matches(
        text,
        /(?<![\w./-])\/(?:home|Users|root|work)\/[\w.-]+|https?:\/\/registry\.[\w./-]+|https?:\/\/[\w.-]+\/(?:artifactory|npm-proxy)[\w./-]*/g,
        ([path]) => path,
      ),
    ),
};

export const rules = [layers, beast, sqlite, libpq, byValue, detached, unusedUsing, algorithms, spdx, notes, sleeps, machinePaths];
