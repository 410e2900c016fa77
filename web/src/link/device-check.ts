// SPDX-License-Identifier: Apache-2.0
/** The check before the waiting room: camera and microphone by looking and speaking, network by measuring. */
import { signal } from "@preact/signals";
import type { LinkCalls } from "@/api/visit";
import type { Check, DeviceCheck } from "@/api/types";
import { chime, meterOf } from "@/platform/media";
import { sleep, type Cancel } from "@/platform/timers";
import type { LocalMedia } from "@/video/local-media";

export interface NetworkResult {
  readonly rttMs: number;
  readonly lossPct: number;
  readonly kbps: number;
}

export type Network =
  | { readonly state: "measuring" }
  | { readonly state: "done"; readonly result: NetworkResult; readonly verdict: "good" | "fair" | "poor" }
  | { readonly state: "failed" };

const PINGS = 5;
const SMALL_BYTES = 16_384;
const LARGE_BYTES = 262_144;
/** Slower than this on the small piece, and the large one would only make the person wait. */
const SLOW_KBPS = 400;

export function createDeviceCheck(link: LinkCalls, media: LocalMedia) {
  const network = signal<Network>({ state: "measuring" });
  const level = signal(0);
  const heardVoice = signal(false);
  const speaker = signal<"untried" | "playing" | Check>("untried");
  let stopMeter: Cancel | null = null;

  const meter = (): void => {
    stopMeter?.();
    stopMeter = null;
    level.value = 0;
    const stream = media.microphone.value;
    if (stream === null) return;
    stopMeter = meterOf(stream, (now) => {
      level.value = now;
      if (now > 0.08) heardVoice.value = true;
    });
  };

  return {
    network, level, heardVoice, speaker, meter,

    async measure(): Promise<void> {
      network.value = { state: "measuring" };
      const result = await measure(link);
      network.value = result === null ? { state: "failed" } : { state: "done", result, verdict: verdictOf(result) };
    },

    async testSpeaker(): Promise<void> {
      speaker.value = "playing";
      const played = await chime();
      await sleep(played ? 900 : 0);
      speaker.value = played ? "skipped" : "failed"; // Only ears can tell; until they do, nothing is claimed.
    },

    result(): DeviceCheck {
      const seen = (kind: "camera" | "microphone"): Check => {
        if (media.choice.value[kind] && media[kind].value !== null) return "ok";
        // Who goes on while the browser still asks has not found a problem.
        return media.choice.value[kind] && media.trouble.value[kind] !== null ? "failed" : "skipped";
      };
      const heard: Check = speaker.value === "ok" || speaker.value === "failed" ? speaker.value : "skipped";
      const measured = network.value.state === "done" ? network.value.result : {};
      return { camera: seen("camera"), microphone: seen("microphone"), speaker: heard, ...measured };
    },

    stop: (): void => stopMeter?.(),
  };
}
export type DeviceCheckModel = ReturnType<typeof createDeviceCheck>;

async function measure(link: LinkCalls): Promise<NetworkResult | null> {
  const times: number[] = [];
  let lost = 0;
  for (let ping = 0; ping < PINGS; ping++) {
    const ms = await timed(() => link.download(1));
    if (ms === null) lost++;
    else times.push(ms);
  }
  if (times.length === 0) return null;
  const rttMs = Math.round(Math.min(...times));
  const down = await speed((bytes) => link.download(bytes), rttMs);
  const up = await speed((bytes) => link.upload(new Uint8Array(bytes)), rttMs);
  if (down === null || up === null) return null;
  return { rttMs, lossPct: Math.round((lost / PINGS) * 100), kbps: Math.round(Math.min(down, up)) };
}

/** Kilobits a second, from a small piece first and a large one only where that is quick. */
async function speed(send: (bytes: number) => Promise<{ ok: boolean }>, rttMs: number): Promise<number | null> {
  const rate = async (bytes: number): Promise<number | null> => {
    const ms = await timed(() => send(bytes));
    return ms === null ? null : (bytes * 8) / Math.max(1, ms - rttMs);
  };
  const small = await rate(SMALL_BYTES);
  return small === null || small < SLOW_KBPS ? small : rate(LARGE_BYTES);
}

async function timed(call: () => Promise<{ ok: boolean }>): Promise<number | null> {
  const from = performance.now();
  return (await call()).ok ? performance.now() - from : null;
}

export const verdictOf = ({ rttMs, lossPct, kbps }: NetworkResult): "good" | "fair" | "poor" => {
  if (kbps < 150 || lossPct > 15 || rttMs > 800) return "poor";
  return kbps < 600 || lossPct > 3 || rttMs > 300 ? "fair" : "good";
};
