// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { qualityOf, read, sampleOf } from "@/video/stats";
import { readMessage } from "@/video/peer-message";

const report = (bytes: number, received: number, lost: number, rtt = 0.08, available?: number) => [
  { type: "candidate-pair", nominated: true, state: "succeeded", currentRoundTripTime: rtt, ...(available === undefined ? {} : { availableOutgoingBitrate: available }) },
  { type: "candidate-pair", nominated: false, state: "frozen" },
  { type: "inbound-rtp", kind: "video", bytesReceived: bytes, packetsReceived: received, packetsLost: lost },
  { type: "outbound-rtp", bytesSent: 1 },
];

describe("a connection report", () => {
  it("is the difference of two readings", () => {
    const before = read(report(0, 0, 0), 0);
    const now = read(report(625_000, 900, 100), 5_000);
    expect(sampleOf([{ before, now }])).toEqual({ rttMs: 80, lossPct: 10, kbps: 1000, estimated: false });
  });

  it("prefers what the browser thinks it could send", () => {
    const before = read(report(0, 0, 0), 0);
    const now = read(report(1000, 10, 0, 0.02, 2_500_000), 5_000);
    expect(sampleOf([{ before, now }])).toMatchObject({ kbps: 2500, estimated: true });
  });

  it("is about the pair that carries the visit, not about one that worked before", () => {
    const pair = { type: "candidate-pair", nominated: true, state: "succeeded" };
    const reading = read(
      [
        { ...pair, id: "old", currentRoundTripTime: 1.2 },
        { ...pair, id: "new", currentRoundTripTime: 0.03, availableOutgoingBitrate: 900_000 },
        { ...pair, id: "older", currentRoundTripTime: 2 },
        { type: "transport", selectedCandidatePairId: "new" },
      ],
      0,
    );
    expect(reading).toMatchObject({ rttMs: 30, availableKbps: 900 });
  });

  it("tells of the worst of several people", () => {
    const good = { before: read(report(0, 0, 0), 0), now: read(report(625_000, 1000, 0, 0.02), 5_000) };
    const bad = { before: read(report(0, 0, 0), 0), now: read(report(62_500, 90, 10, 0.7), 5_000) };
    expect(sampleOf([good, bad])).toEqual({ rttMs: 700, lossPct: 10, kbps: 100, estimated: false });
  });

  it("is left out while nothing is connected, and when the counters began anew", () => {
    const none = read([], 0);
    expect(sampleOf([{ before: none, now: read([], 5_000) }])).toBeNull();
    expect(sampleOf([{ before: read(report(9_000, 9, 0), 0), now: read(report(100, 1, 0), 5_000) }])).toBeNull();
    expect(sampleOf([])).toBeNull();
  });

  it("is good, fair or poor by its worst figure", () => {
    expect(qualityOf({ rttMs: 50, lossPct: 0, kbps: 2000 })).toBe("good");
    expect(qualityOf({ rttMs: 350, lossPct: 0, kbps: 2000 })).toBe("fair");
    expect(qualityOf({ rttMs: 50, lossPct: 20, kbps: 2000 })).toBe("poor");
  });
});

describe("a message of another page", () => {
  it("is chat or the state of its camera and microphone", () => {
    expect(readMessage('{"type":"chat","id":"1","text":"hello"}')).toEqual({ type: "chat", id: "1", text: "hello" });
    expect(readMessage('{"type":"media","camera":true,"microphone":false}')).toEqual({ type: "media", camera: true, microphone: false, wantsVideo: true });
  });

  it.each(["", "null", "[]", '{"type":"chat","id":1,"text":"x"}', '{"type":"eval"}'])("is nothing when it is %j", (text) => {
    expect(readMessage(text)).toBeNull();
  });
});
