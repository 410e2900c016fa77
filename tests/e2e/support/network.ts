// SPDX-License-Identifier: Apache-2.0
/** The way of a page to everybody else: how wide it is, and whether there is one. */
import type { Page } from "@playwright/test";

const WIDE_KBPS = 100_000;

export interface Network {
  /** Makes the way so wide, for calls and for sound and picture. */
  readonly width: (kbps: number) => Promise<void>;
  readonly widen: () => Promise<void>;
  /** Takes it away: calls fail, what is open dies, and no sound or picture gets through. */
  readonly lose: () => Promise<void>;
}

/** The browser applies this to connections that are made after it was asked for, so call it before them. */
export async function networkOf(page: Page): Promise<Network> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const set = async (kbps: number, lost: boolean): Promise<void> => {
    const throughput = (kbps * 1000) / 8;
    await devtools.send("Network.emulateNetworkConditions", {
      offline: lost, latency: 20, downloadThroughput: throughput, uploadThroughput: throughput, packetQueueLength: 50, packetLoss: lost ? 100 : 0,
    });
  };
  const width = (kbps: number) => set(kbps, false);
  const widen = () => width(WIDE_KBPS);
  await widen();
  return { width, widen, lose: () => set(WIDE_KBPS, true) };
}
