// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { createBandwidth, createSpeedProbe } from "@/video/speed";

/** A way to the service of a given speed, with a clock that runs only while something is under way. */
function line(kbps: { down: number; up: number }, rttMs = 40) {
  let time = 0;
  const calls: string[] = [];
  const take = (bytes: number, speed: number) => {
    time += rttMs + (bytes * 8) / speed;
    return Promise.resolve({ ok: true as const, value: new ArrayBuffer(0) as never });
  };
  return {
    calls,
    clock: () => time,
    down: (bytes: number) => (calls.push(`down ${bytes}`), take(bytes, kbps.down)),
    up: (bytes: number) => (calls.push(`up ${bytes}`), take(bytes, kbps.up)),
  };
}

const probeOf = (way: ReturnType<typeof line>) => createSpeedProbe({ download: way.down, upload: (body) => way.up(body.length) }, way.clock);

describe("the speed of the way to the service", () => {
  it("is that of its slower direction", async () => {
    expect(await probeOf(line({ down: 4000, up: 200 })).next()).toBeCloseTo(200, -1);
    expect(await probeOf(line({ down: 90, up: 4000 })).next()).toBeCloseTo(90, -1);
  });

  it("is measured with every third report, so that the sound is left in peace", async () => {
    const way = line({ down: 1000, up: 1000 });
    const probe = probeOf(way);
    for (let report = 0; report < 6; report++) expect(await probe.next()).toBeCloseTo(1000, -2);
    expect(way.calls.filter((call) => call.startsWith("up"))).toHaveLength(2);
  });

  it("is not known when the service cannot be reached", async () => {
    const gone = () => Promise.resolve({ ok: false as const, problem: { code: "OFFLINE", status: 0 } });
    expect(await createSpeedProbe({ download: gone, upload: gone }).next()).toBeNull();
  });

  it("is measured anew after it was forgotten", async () => {
    const way = line({ down: 1000, up: 1000 });
    const probe = probeOf(way);
    await probe.next();
    probe.reset();
    await probe.next();
    expect(way.calls.filter((call) => call.startsWith("up"))).toHaveLength(2);
  });
});

describe("the bandwidth that is reported", () => {
  const narrow = { kbps: 112, estimated: true };
  const begin = () => {
    const measured = { times: 0 };
    const clock = { now: 0 };
    const probe = { next: async () => ((measured.times += 1), 5_000), reset: () => undefined };
    return { clock, measured, bandwidth: createBandwidth(probe, () => clock.now) };
  };

  it("is measured where only sound is sent", async () => {
    const { bandwidth } = begin();
    expect(await bandwidth.kbps(narrow, false)).toBe(5_000);
  });

  it("is measured where the browser estimates nothing", async () => {
    const { bandwidth, clock } = begin();
    await bandwidth.kbps({ kbps: 40, estimated: false }, true);
    clock.now = 60_000;
    expect(await bandwidth.kbps({ kbps: 40, estimated: false }, true)).toBe(5_000);
  });

  it("is not the estimate of the sound alone when the picture has just come back", async () => {
    const { bandwidth, clock } = begin();
    await bandwidth.kbps(narrow, true);
    clock.now = 15_000;
    expect(await bandwidth.kbps(narrow, true)).toBe(5_000);
  });

  it("is the browser's estimate once that has had time to grow", async () => {
    const { bandwidth, clock, measured } = begin();
    await bandwidth.kbps(narrow, true);
    clock.now = 20_000;
    expect(await bandwidth.kbps(narrow, true)).toBe(112);
    expect(measured.times).toBe(1);
  });

  it("waits anew each time the picture went", async () => {
    const { bandwidth, clock } = begin();
    await bandwidth.kbps(narrow, true);
    clock.now = 30_000;
    await bandwidth.kbps(narrow, false);
    expect(await bandwidth.kbps(narrow, true)).toBe(5_000);
  });
});
