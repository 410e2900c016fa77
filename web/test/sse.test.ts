// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameParser, openStream, type Frame } from "@/platform/sse";

const dueIn = (ms: number) => {
  const at = Date.now() + ms;
  return () => at;
};

describe("frames of an event stream", () => {
  it("are found however the bytes are cut", () => {
    const text = 'id: 7\nevent: state\ndata: {"a":1}\n\n: heartbeat\n\nevent: signal\r\ndata: {"b":\r\ndata: 2}\r\n\r\n';
    for (let size = 1; size < text.length; size++) {
      const parser = new FrameParser();
      const frames: Frame[] = [];
      let id: string | null = null;
      for (let at = 0; at < text.length; at += size) {
        const parsed = parser.push(text.slice(at, at + size));
        frames.push(...parsed.frames);
        id = parsed.lastId ?? id;
      }
      expect(frames).toEqual([{ event: "state", data: { a: 1 } }, { event: "signal", data: { b: 2 } }]);
      expect(id).toBe("7");
    }
  });

  it("that are not JSON are skipped", () => {
    expect(new FrameParser().push("event: x\ndata: oops\n\n").frames).toEqual([]);
  });

  it("may tell how long to wait", () => {
    expect(new FrameParser().push("retry: 2500\n\n").retryMs).toBe(2500);
  });
});

/** A response whose body the test writes to. */
function pipe() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  return { response: new Response(body), write: (text: string) => controller.enqueue(new TextEncoder().encode(text)), end: () => controller.close() };
}

describe("an event stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const settle = () => vi.advanceTimersByTimeAsync(1);

  function open(answers: (Response | Error)[], more: { closeAt?: () => number } = {}) {
    const seen = { ids: [] as (string | null)[], frames: [] as string[], up: 0, down: 0, refused: 0, expired: 0 };
    const stream = openStream({
      open: (lastId) => {
        seen.ids.push(lastId);
        const next = answers.shift();
        return next === undefined || next instanceof Error ? Promise.reject(next ?? new Error("nobody there")) : Promise.resolve(next);
      },
      onFrame: (frame) => seen.frames.push(frame.event),
      onUp: () => seen.up++,
      onDown: () => seen.down++,
      onRefused: (status) => (seen.refused = status),
      onExpired: () => seen.expired++,
      ...more,
    });
    return { stream, seen };
  }

  it("comes back after a cut and says how far it has heard", async () => {
    const first = pipe();
    const second = pipe();
    const { stream, seen } = open([first.response, second.response]);
    await settle();
    first.write('id: 41\nevent: state\ndata: {}\n\n');
    await settle();
    first.end();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen.ids).toEqual([null, "41"]);
    expect(seen.up).toBe(2);
    expect(seen.down).toBe(1);
    stream.close();
  });

  it("waits longer after each failure, up to a limit", async () => {
    const { stream, seen } = open([]);
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(seen.ids.length).toBeGreaterThan(40);
    expect(seen.ids.length).toBeLessThan(90);
    stream.close();
  });

  it("is given up when the server refuses it", async () => {
    const { seen } = open([new Response(null, { status: 401 })]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.refused).toBe(401);
    expect(seen.ids).toHaveLength(1);
  });

  it("is tried again when the server is only busy", async () => {
    const { stream, seen } = open([new Response(null, { status: 429 }), new Response(null, { status: 503 }), pipe().response]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(seen.up).toBe(1);
    stream.close();
  });

  it("is taken for dead after two silent heartbeats", async () => {
    const { stream, seen } = open([pipe().response, pipe().response]);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(seen.ids).toHaveLength(2);
    stream.close();
  });

  it("stays while heartbeats come", async () => {
    const line = pipe();
    const { stream, seen } = open([line.response]);
    for (let beat = 0; beat < 10; beat++) {
      await vi.advanceTimersByTimeAsync(15_000);
      line.write(": beat\n\n");
      await settle();
    }
    expect(seen.ids).toHaveLength(1);
    stream.close();
  });

  it("that the device has lost is told at once, and opened again when the network is back", async () => {
    const [first, second] = [pipe(), pipe()];
    const { stream, seen } = open([first.response, new Error("offline"), second.response]);
    await settle();
    stream.cut();
    expect(seen).toMatchObject({ up: 1, down: 1 });
    await vi.advanceTimersByTimeAsync(510);
    expect(seen, "a try in vain").toMatchObject({ up: 1, down: 2 });
    stream.poke();
    await settle();
    second.write("event: state\ndata: {}\n\n");
    await settle();
    expect(seen).toMatchObject({ up: 2, frames: ["state"] });
    stream.close();
  });

  it("looks again at once when the device comes back", async () => {
    const { stream, seen } = open([new Error("offline"), pipe().response]);
    await settle();
    expect(seen.up).toBe(0);
    stream.poke();
    await settle();
    expect(seen.up).toBe(1);
    stream.close();
  });

  it("is closed when its bearer ends", async () => {
    const { seen } = open([pipe().response], { closeAt: dueIn(5_000) });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.expired).toBe(1);
    expect(seen.ids).toHaveLength(1);
  });

  it("tells nothing after it was closed", async () => {
    const line = pipe();
    const { stream, seen } = open([line.response]);
    await settle();
    stream.close();
    line.write("event: state\ndata: {}\n\n");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.frames).toEqual([]);
    expect(seen.ids).toHaveLength(1);
  });
});
