// SPDX-License-Identifier: Apache-2.0
/**
 * What a tab remembers across a reload: device choices, keys of unfinished calls, what one unfinished sign-in needs to
 * be finished, and in a demo the staff token.
 * Never a name, a text or anything that somebody typed.
 */
const memory = new Map<string, string>();

function tab(): Storage | null {
  try {
    return globalThis.sessionStorage;
  } catch {
    return null; // Storage is switched off in this browser: the tab forgets on reload, nothing else changes.
  }
}

export function remember(key: string, value: string): void {
  memory.set(key, value);
  try {
    tab()?.setItem(key, value);
  } catch {
    // Full or forbidden: memory has it.
  }
}

export const recall = (key: string): string | null => memory.get(key) ?? tab()?.getItem(key) ?? null;

export function forget(key: string): void {
  memory.delete(key);
  tab()?.removeItem(key);
}

export function recallJson<T>(key: string, isT: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(recall(key) ?? "null");
    return isT(value) ? value : null;
  } catch {
    return null;
  }
}
