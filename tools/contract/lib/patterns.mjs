// SPDX-License-Identifier: Apache-2.0
// The subset of regular expressions that a contract may use: `^`, then literal characters and classes, a
// class with a count ({n} or {m,n}) where it stands for more than one, then `$`. It is matched in one pass
// without going back, so a class of variable length must not contain what comes after it.

const ascii = [...Array(128).keys()].map((code) => String.fromCharCode(code));

function classSet(text, where) {
  const set = new Set();
  for (let i = 0; i < text.length; i += 1) {
    const from = text[i];
    if (text[i + 1] === '-' && i + 2 < text.length) {
      const to = text[i + 2];
      if (to < from) throw new Error(`${where}: class range ${from}-${to}`);
      ascii.filter((char) => char >= from && char <= to).forEach((char) => set.add(char));
      i += 2;
    } else {
      set.add(from);
    }
  }
  return set;
}

/** Two 64-bit words: bit c of the first for characters below 64, of the second for the rest. */
function bits(set) {
  const words = [0n, 0n];
  for (const char of set) {
    const code = BigInt(char.charCodeAt(0));
    words[code < 64n ? 0 : 1] |= 1n << (code % 64n);
  }
  return words;
}

function parseParts(body, where) {
  const parts = [];
  const token = /\[([^\]^\\]+)\](?:\{(\d+)(?:,(\d+))?\})?|([^[\](){}*+?|\\^$.])/gy;
  let literal = '';
  const flush = () => {
    if (literal) parts.push({ literal, chars: new Set(literal[0]), min: 1, max: 1 });
    literal = '';
  };
  let match;
  let end = 0;
  while ((match = token.exec(body)) !== null) {
    end = token.lastIndex;
    if (match[4] !== undefined) {
      literal += match[4];
    } else {
      flush();
      const [min, max] = [Number(match[2] ?? 1), Number(match[3] ?? match[2] ?? 1)];
      parts.push({ literal: '', chars: classSet(match[1], where), min, max });
    }
  }
  flush();
  if (end !== body.length) throw new Error(`${where}: pattern not in the subset at "${body.slice(end)}"`);
  return parts;
}

export function compilePattern(text, where) {
  if (!text.startsWith('^') || !text.endsWith('$')) throw new Error(`${where}: a pattern goes from ^ to $`);
  const parts = parseParts(text.slice(1, -1), where);
  parts.forEach((part, i) => {
    const next = parts[i + 1];
    if (part.min !== part.max && next && [...next.chars].some((char) => part.chars.has(char)))
      throw new Error(`${where}: what follows a class of variable length must not be in it`);
  });
  return parts.map(({ literal, chars, min, max }) => ({ literal, set: bits(literal ? [] : chars), min, max }));
}
