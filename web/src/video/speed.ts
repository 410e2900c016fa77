// SPDX-License-Identifier: Apache-2.0
/**
 * The speed of the way to the service, both ways. Browsers estimate a bitrate from the video they send; where none is
 * sent they know only that sound gets through, and nobody would ever be told that the connection is good again.
 */
import type { SeatCalls } from "@/api/visit";
import type { Sample } from "./stats";

type Calls = Pick<SeatCalls, "download" | "upload">;

/** Small enough not to disturb the sound, and only with every third report. */
const BYTES = 16_384;
const EVERY_REPORTS = 3;

/** A browser's estimate begins where sound alone left it, and grows by a twelfth a second. */
const ESTIMATE_GROWN_MS = 20_000;

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

export interface Bandwidth {
  /** Kilobits a second to report: what the browsers estimate where they can know it, else what is measured. */
  kbps(sample: Pick<Sample, "kbps" | "estimated">, sendsVideo: boolean): Promise<number>;
}

/** A picture that has just come back must not go again because the estimate still is that of the sound alone. */
export function createBandwidth(probe: SpeedProbe, clock: () => number = () => performance.now()): Bandwidth {
  let sendingSince: number | null = null;
  return {
    async kbps(sample, sendsVideo) {
      sendingSince = sendsVideo ? (sendingSince ?? clock()) : null;
      const isGrown = sendingSince !== null && clock() - sendingSince >= ESTIMATE_GROWN_MS;
      if (!sample.estimated || !isGrown) return Math.round((await probe.next()) ?? sample.kbps);
      probe.reset();
      return sample.kbps;
    },
  };
}
