// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** As browsers do it: made suspended, and running only some time after it was asked to. */
class SleepyAudio {
  static wakes = true;
  static tones = 0;
  state: AudioContextState = "suspended";
  readonly currentTime = 0;
  readonly destination = {};
  async resume(): Promise<void> {
    if (!SleepyAudio.wakes) return new Promise(() => undefined);
    await new Promise((later) => setTimeout(later, 20));
    this.state = "running";
  }
  createGain() {
    return { gain: { setValueAtTime: vi.fn(), exponentialRampToValueAtTime: vi.fn() }, connect: (to: unknown) => to };
  }
  createOscillator() {
    return { frequency: { value: 0 }, connect: (to: unknown) => to, start: () => (SleepyAudio.tones += 1), stop: vi.fn() };
  }
}

describe("the sound that a page plays", () => {
  beforeEach(() => {
    vi.resetModules();
    SleepyAudio.tones = 0;
    vi.stubGlobal("AudioContext", SleepyAudio);
  });
  afterEach(() => vi.unstubAllGlobals());

  it("is heard at the very first press, which wakes the browser's sound", async () => {
    SleepyAudio.wakes = true;
    const { chime } = await import("@/platform/media");
    expect(await chime()).toBe(true);
    expect(SleepyAudio.tones).toBe(2);
  });

  it("is not waited for without end where the browser lets none out", async () => {
    SleepyAudio.wakes = false;
    const { chime } = await import("@/platform/media");
    expect(await chime()).toBe(false);
    expect(SleepyAudio.tones).toBe(0);
  });
});
