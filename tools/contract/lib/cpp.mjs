// SPDX-License-Identifier: Apache-2.0
// Small pieces of C++ text that every generator needs.

export const generatedNotice = '// SPDX-License-Identifier: Apache-2.0\n// Generated from api/ by tools/contract. Do not edit.\n';

/** A C++ string literal; every character outside printable ASCII is escaped byte by byte. */
export function quoted(text) {
  let out = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (byte < 0x20 || byte > 0x7e) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += char;
  }
  return `"${out}"`;
}

/** SESSION_NOT_FOUND, joinUrl, getSession and "a.b-c" all become snake_case identifiers. */
export function snakeCase(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** A constexpr array; C++ knows none without elements, so an empty one holds a default that nothing names. */
export function cppArray(type, name, items) {
  const rows = items.length > 0 ? items : ['{}'];
  return `constexpr ${type} ${name}[] = {\n${rows.map((row) => `    ${row},\n`).join('')}};\n`;
}
