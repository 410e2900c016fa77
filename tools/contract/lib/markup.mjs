// SPDX-License-Identifier: Apache-2.0
// Text of the contract as HTML: everything escaped, paragraphs, `code` and **strong**.

export const escapeHtml = (text) =>
  String(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** Values in a template are escaped, unless they are HTML already or lists of it. */
export function html(strings, ...values) {
  const shown = (value) => {
    if (Array.isArray(value)) return value.map(shown).join('');
    if (value instanceof Html) return value.text;
    return value === undefined || value === null || value === false ? '' : escapeHtml(value);
  };
  return new Html(strings.reduce((out, string, i) => out + shown(values[i - 1]) + string));
}

export class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

export function inline(text) {
  const escaped = escapeHtml(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
  return new Html(escaped);
}

export function paragraphs(text = '') {
  const blocks = text.trim().split(/\n\s*\n/).filter(Boolean);
  return blocks.map((block) => html`<p>${inline(block)}</p>\n`);
}
