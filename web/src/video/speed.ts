// SPDX-License-Identifier: Apache-2.0
/**
 * The speed of the way to the service, both ways. Browsers estimate a bitrate from the video they send; where none is
 * sent they know only that sound gets through, and nobody would ever be told that the connection is good again.
 */
import type { SeatCalls } from "@/api/visit";

type Calls = Pick<SeatCalls, "download" | "upload">;

/** Small enough not to disturb the sound, and only with every third report. */
const BYTES = 16_384;
const EVERY_REPORTS = 3;

export interface SpeedProbe {
  /** Kilobits a second, measured now or a moment ago. Null while nothing is known. */
  next(): Promise<number | null>;
  /** Forgets what was measured: the connection is another one now. */
  reset(): void;
}

export function createSpeedProbe(calls: Calls, clock: () => number = () => performance.now()): SpeedProbe {
  let round = 0;
  let known: number | null = null;

  const timed = async (call: () => Promise<{ ok: boolean }>): Promise<number | null> => {
    const from = clock();
    return (await call()).ok ? clock() - from : null;
  };

  const measure = async (): Promise<number | null> => {
    const rttMs = await timed(() => calls.download(1));
    if (rttMs === null) return null;
    const down = await timed(() => calls.download(BYTES));
    const up = await timed(() => calls.upload(new Uint8Array(BYTES)));
    return down === null || up === null ? null : (BYTES * 8) / Math.max(1, Math.max(down, up) - rttMs);
  };

  return {
    async next() {
      if (round++ % EVERY_REPORTS === 0) known = await measure();
      return known;
    },
    reset() {
      round = 0;
      known = null;
    },
  };
}
