// SPDX-License-Identifier: Apache-2.0
/** From the browsers' counters to the three figures that the service asks for every five seconds. */

export interface Counters {
  readonly atMs: number;
  readonly bytes: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
}

export interface Reading {
  readonly rttMs: number | null;
  /** Bits per second that the congestion control would allow, where the browser says. */
  readonly availableKbps: number | null;
  readonly counters: Counters;
}

export interface Sample {
  readonly rttMs: number;
  readonly lossPct: number;
  /** What the browsers believe they could send; what came in where they say nothing. */
  readonly kbps: number;
  /** Whether `kbps` is an estimate of what could be sent, and not just what was. */
  readonly estimated: boolean;
}

type Entry = Readonly<Record<string, unknown>>;
const num = (entry: Entry, field: string): number => (typeof entry[field] === "number" ? (entry[field] as number) : 0);

/** Of several pairs that once worked only one carries the visit; what the others tell is old. */
function pairInUse(entries: readonly Entry[]): Entry | undefined {
  const selected = entries.find((one) => one["type"] === "transport" && one["selectedCandidatePairId"] !== undefined)?.["selectedCandidatePairId"];
  const working = entries.filter((one) => one["type"] === "candidate-pair" && one["nominated"] === true && one["state"] === "succeeded");
  return working.find((one) => one["id"] === selected) ?? working.find((one) => one["selected"] === true) ?? working[0];
}

export function read(report: Iterable<Entry>, atMs: number): Reading {
  const entries = [...report];
  const pair = pairInUse(entries);
  const rttMs = typeof pair?.["currentRoundTripTime"] === "number" ? pair["currentRoundTripTime"] * 1000 : null;
  const availableKbps = typeof pair?.["availableOutgoingBitrate"] === "number" ? pair["availableOutgoingBitrate"] / 1000 : null;
  let bytes = 0;
  let packetsReceived = 0;
  let packetsLost = 0;
  for (const entry of entries) {
    if (entry["type"] !== "inbound-rtp") continue;
    bytes += num(entry, "bytesReceived");
    packetsReceived += num(entry, "packetsReceived");
    packetsLost += Math.max(0, num(entry, "packetsLost"));
  }
  return { rttMs, availableKbps, counters: { atMs, bytes, packetsReceived, packetsLost } };
}

/** The worst of all connections, because that is the one a person notices. Null until there is something to compare. */
export function sampleOf(pairs: readonly { readonly before: Reading; readonly now: Reading }[]): Sample | null {
  const samples = pairs.map(({ before, now }) => difference(before, now)).filter((one): one is Sample => one !== null);
  if (samples.length === 0) return null;
  return {
    rttMs: Math.round(Math.max(...samples.map((one) => one.rttMs))),
    lossPct: Math.round(Math.max(...samples.map((one) => one.lossPct)) * 10) / 10,
    kbps: Math.round(Math.min(...samples.map((one) => one.kbps))),
    estimated: samples.every((one) => one.estimated),
  };
}

function difference(before: Reading, now: Reading): Sample | null {
  const seconds = (now.counters.atMs - before.counters.atMs) / 1000;
  // Counters that run backwards belong to a new connection.
  if (now.rttMs === null || seconds <= 0 || now.counters.bytes < before.counters.bytes) return null;
  const lost = Math.max(0, now.counters.packetsLost - before.counters.packetsLost);
  const got = Math.max(0, now.counters.packetsReceived - before.counters.packetsReceived);
  const received = ((now.counters.bytes - before.counters.bytes) * 8) / 1000 / seconds;
  return {
    rttMs: now.rttMs,
    lossPct: lost + got === 0 ? 0 : (lost / (lost + got)) * 100,
    kbps: now.availableKbps ?? received,
    estimated: now.availableKbps !== null,
  };
}

export function qualityOf(sample: Pick<Sample, "rttMs" | "lossPct" | "kbps">): "good" | "fair" | "poor" {
  if (sample.lossPct > 8 || sample.rttMs > 600 || sample.kbps < 100) return "poor";
  return sample.lossPct > 3 || sample.rttMs > 300 || sample.kbps < 300 ? "fair" : "good";
}
