// SPDX-License-Identifier: Apache-2.0
// C++ text as the rules look at it.

const blank = (text) => text.replace(/[^\n]/g, ' ');

/** The text with comments, and unless asked otherwise literals, blanked out; every offset and line stays. */
export function withoutComments(text, { keepLiterals = false } = {}) {
  const token =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|R"([^()\s\\]*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![\w'])'(?:\\.|[^'\\\n])+'/g;
  return text.replace(token, (match) => (keepLiterals && !match.startsWith('/') ? match : blank(match)));
}

export function lineOf(text, offset) {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line += 1;
  return line;
}

/** The offset just behind the bracket that closes the one at `open`, or -1. */
export function closing(text, open) {
  const pairs = { '(': ')', '<': '>', '{': '}', '[': ']' };
  const [left, right] = [text[open], pairs[text[open]]];
  let depth = 0;
  for (let i = open; i < text.length; i += 1) {
    if (text[i] === left) depth += 1;
    else if (text[i] === right && text[i - 1] !== '-' && (depth -= 1) === 0) return i + 1;
  }
  return -1;
}

/** Every #include: {path, angled, offset}. */
export function includesOf(text) {
  const code = withoutComments(text, { keepLiterals: true });
  return [...code.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)].map((match) => ({
    path: match[2],
    angled: match[1] === '<',
    offset: match.index,
  }));
}
