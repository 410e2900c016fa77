// SPDX-License-Identifier: Apache-2.0
/** The one place where time enters. Everything else asks here, so that tests can own the clock. */

export type Cancel = () => void;

let serverAheadMs = 0;

/** Milliseconds since the epoch by the server's clock, as far as its answers have told it. */
export const now = (): number => Date.now() + serverAheadMs;

/** Learns the server's clock from a `Date` header. A difference under two seconds is rounding, not a wrong clock. */
export function learnServerTime(header: string | null): void {
  const told = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(told)) return;
  const ahead = told - Date.now();
  serverAheadMs = Math.abs(ahead) < 2000 ? 0 : ahead;
}

export function after(ms: number, run: () => void): Cancel {
  // A delay above 2^31 fires at once in every browser.
  const id = setTimeout(run, Math.min(ms, 2_000_000_000));
  return () => clearTimeout(id);
}

export function every(ms: number, run: () => void): Cancel {
  const id = setInterval(run, ms);
  return () => clearInterval(id);
}

export const sleep = (ms: number): Promise<void> => new Promise((done) => after(ms, done));

/** Exponential backoff with full jitter: spreads the return of many pages after a restart. */
export const backoffMs = (attempt: number, firstMs = 500, capMs = 15_000): number =>
  Math.round(Math.min(capMs, firstMs * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2));
