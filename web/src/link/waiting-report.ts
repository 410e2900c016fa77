// SPDX-License-Identifier: Apache-2.0
/**
 * Tells the clinic how good the connection of somebody is who waits, measured against the service itself, and asks for
 * their place in line: it changes with the visits of others, of which their own stream does not tell.
 */
import type { Visit } from "@/api/types";
import type { SeatCalls } from "@/api/visit";
import { every, type Cancel } from "@/platform/timers";

const EVERY_MS = 5_000;
/** A larger piece, for the speed, only now and then: waiting must not cost a patient their data. */
const SPEED_EVERY = 12;
const PLACE_EVERY = 4;
const SPEED_BYTES = 32_768;
const REMEMBERED = 10;

export function reportWhileWaiting(calls: SeatCalls, onPlace: (queue: Visit["queue"]) => void): Cancel {
  let round = 0;
  let placeRound = 0;
  let kbps: number | null = null;
  let outcomes: readonly boolean[] = [];
  let busy = false;

  const timed = async (bytes: number): Promise<number | null> => {
    const from = performance.now();
    const answer = await calls.download(bytes);
    outcomes = [...outcomes, answer.ok].slice(-REMEMBERED);
    return answer.ok ? performance.now() - from : null;
  };

  const askPlace = async (): Promise<void> => {
    if (++placeRound % PLACE_EVERY !== 0) return;
    const answer = await calls.view();
    if (answer.ok) onPlace(answer.value.queue);
  };

  const report = async (): Promise<void> => {
    const rttMs = await timed(1);
    if (rttMs !== null && round++ % SPEED_EVERY === 0) {
      const ms = await timed(SPEED_BYTES);
      kbps = ms === null ? kbps : (SPEED_BYTES * 8) / Math.max(1, ms - rttMs);
    }
    if (rttMs === null || kbps === null) return;
    const lossPct = (outcomes.filter((ok) => !ok).length / outcomes.length) * 100;
    await calls.connection({ rttMs: Math.round(rttMs), lossPct, kbps: Math.round(kbps), media: "video" });
  };

  const run = (): void => {
    if (busy) return; // The one before still waits for its answer.
    busy = true;
    void report().then(askPlace).finally(() => (busy = false));
  };
  run();
  return every(EVERY_MS, run);
}
