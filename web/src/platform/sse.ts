// SPDX-License-Identifier: Apache-2.0
/**
 * Event streams read with fetch, because EventSource cannot carry a header. Resumes with Last-Event-ID, waits longer
 * after each failure, and takes a stream that has been silent for longer than two heartbeats for dead.
 */
import { after, backoffMs, every, now, type Cancel } from "./timers";

export interface Frame {
  readonly event: string;
  readonly data: unknown;
}

export interface Parsed {
  readonly frames: readonly Frame[];
  readonly lastId: string | null;
  readonly retryMs: number | null;
}

/** Turns pieces of a stream, cut anywhere, into frames. */
export class FrameParser {
  private rest = "";

  push(piece: string): Parsed {
    this.rest += piece.replaceAll("\r", "");
    const blocks = this.rest.split("\n\n");
    this.rest = blocks.pop() ?? "";
    const frames: Frame[] = [];
    let lastId: string | null = null;
    let retryMs: number | null = null;
    for (const block of blocks) {
      const fields = readFields(block);
      lastId = fields.id ?? lastId;
      retryMs = fields.retry ?? retryMs;
      const data = fields.data === null ? undefined : parse(fields.data);
      if (data !== undefined) frames.push({ event: fields.event, data });
    }
    return { frames, lastId, retryMs };
  }
}

function readFields(block: string): { event: string; data: string | null; id: string | null; retry: number | null } {
  let event = "message";
  let id: string | null = null;
  let retry: number | null = null;
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0) continue; // a comment: the heartbeat
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") event = value;
    else if (name === "data") data.push(value);
    else if (name === "id") id = value;
    else if (name === "retry" && /^\d+$/.test(value)) retry = Number(value);
  }
  return { event, data: data.length === 0 ? null : data.join("\n"), id, retry };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // Not ours: a frame that cannot be read is skipped, the stream goes on.
  }
}

export interface StreamOptions {
  /** Opens the stream; `lastId` is null on a fresh one. */
  readonly open: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  readonly onFrame: (frame: Frame) => void;
  readonly onUp: () => void;
  readonly onDown: () => void;
  /** The server will not have us any more (4xx): nothing is tried again. */
  readonly onRefused: (status: number) => void;
  /** Server time at which the stream must be closed because its bearer ends; asked again then, as one may be renewed. */
  readonly closeAt?: () => number;
  readonly onExpired?: () => void;
}

export interface Stream {
  close(): void;
  /** The device came back: looks at once whether the stream is still alive. */
  poke(): void;
  /** The device says that it has no network: the stream is dead, though nobody will ever say so on it. */
  cut(): void;
}

const SILENT_MS = 35_000;
const SUSPECT_MS = 17_000;
const WATCH_MS = 5_000;

export function openStream(options: StreamOptions): Stream {
  let lastId: string | null = null;
  let attempt = 0;
  let retryMs: number | null = null;
  let closed = false;
  let current: AbortController | null = null;
  let pause: Cancel | null = null;
  let heardAt = now();
  let expiry: Cancel | null = null;

  const stop = (): void => {
    closed = true;
    current?.abort();
    pause?.();
    watch();
    expiry?.();
  };

  const again = (): void => {
    if (closed) return;
    options.onDown();
    const wait = Math.max(retryMs ?? 0, backoffMs(attempt++));
    retryMs = null;
    pause = after(wait, () => void connect());
  };

  const connect = async (): Promise<void> => {
    pause = null;
    const controller = new AbortController();
    current = controller;
    heardAt = now();
    try {
      const response = await options.open(lastId, controller.signal);
      if (closed) return;
      if (response.status >= 400 && response.status < 500 && response.status !== 429 && response.status !== 408) {
        stop();
        options.onRefused(response.status);
        return;
      }
      if (!response.ok || response.body === null) throw new Error("stream unavailable");
      attempt = 0;
      options.onUp();
      await read(response.body.getReader(), controller);
    } catch {
      // Network, timeout or server trouble are all the same here: try again.
    }
    if (current === controller) again();
  };

  const read = async (reader: ReadableStreamDefaultReader<Uint8Array>, mine: AbortController): Promise<void> => {
    const parser = new FrameParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || closed || current !== mine) return;
      heardAt = now();
      const parsed = parser.push(decoder.decode(value, { stream: true }));
      lastId = parsed.lastId ?? lastId;
      retryMs = parsed.retryMs ?? retryMs;
      for (const frame of parsed.frames) if (!closed) options.onFrame(frame);
    }
  };

  const restart = (): void => {
    pause?.();
    const old = current;
    current = null;
    old?.abort();
    void connect();
  };

  const cut = (): void => {
    if (closed || pause !== null) return;
    const old = current;
    current = null;
    old?.abort();
    again();
  };

  const watch = every(WATCH_MS, () => {
    if (!closed && pause === null && now() - heardAt > SILENT_MS) {
      options.onDown();
      restart();
    }
  });
  const { closeAt } = options;
  const expireWhenDue = (): void => {
    if (closeAt === undefined) return;
    expiry = after(Math.max(0, closeAt() - now()), () => {
      if (closeAt() > now()) return expireWhenDue();
      stop();
      options.onExpired?.();
    });
  };

  expireWhenDue();
  void connect();
  return {
    close: stop,
    cut,
    poke: () => {
      if (closed) return;
      const waiting = pause !== null;
      if (waiting || now() - heardAt > SUSPECT_MS) restart();
    },
  };
}
