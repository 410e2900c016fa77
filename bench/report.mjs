// SPDX-License-Identifier: Apache-2.0
// Rows of what was measured, each with the limit it is held against.

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

const show = (number, digits = 0) =>
  number.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The median of rounds of `load`, in words. */
export const inWords = (rounds) =>
  [
    `${show(median(rounds.map(({ rate }) => rate)))}/s`,
    `p99 ${show(median(rounds.map(({ p99 }) => p99)), 1)} ms`,
    `${show(median(rounds.map(({ cpuMicros }) => cpuMicros)), 0)} µs of CPU each`,
  ].join(', ');

export class Report {
  rows = [];

  /** Something as a share of its limit; `cpuRatio` is the same share of processor time. */
  ratio(what, measured, against, ratio, target, cpuRatio) {
    const verdict = target === undefined ? '' : ratio >= target ? 'ok' : 'short';
    const shown = show(ratio, ratio < 10 ? 2 : 0);
    const cpu = cpuRatio === undefined ? '' : show(cpuRatio, 2);
    this.add({ what, measured, against, ratio: shown, cpu, target: target === undefined ? '' : `≥ ${target}`, verdict });
  }

  /** Something that must stay below a number. */
  below(what, value, unit, target, { digits = 0, note = '' } = {}) {
    const verdict = target === undefined ? '' : value < target ? 'ok' : 'short';
    const measured = `${show(value, digits)} ${unit}`;
    this.add({ what, measured, against: note, ratio: '', cpu: '', target: target === undefined ? '' : `< ${target} ${unit}`, verdict });
  }

  add(row) {
    this.rows.push(row);
    process.stderr.write(`  ${row.what}: ${row.measured}${row.verdict ? ` (${row.verdict})` : ''}\n`);
  }

  /** As Markdown, so that it can be read and pasted. */
  table() {
    const columns = ['what', 'measured', 'against', 'ratio', 'cpu', 'target', 'verdict'];
    const titles = ['', 'measured', 'against', 'ratio', 'of CPU', 'target', ''];
    const cells = [titles, ...this.rows.map((row) => columns.map((column) => row[column]))];
    const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
    const line = (row) => `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
    const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
    return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
  }
}
