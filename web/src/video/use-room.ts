// SPDX-License-Identifier: Apache-2.0
/** Opens the mesh for as long as a component shows it. */
import { useEffect, useState } from "preact/hooks";
import type { Problem } from "@/api/http";
import type { Visit } from "@/api/types";
import type { SeatCalls } from "@/api/visit";
import type { SignalWire } from "@/platform/signal-wire";
import { after, type Cancel } from "@/platform/timers";
import type { LocalMedia } from "./local-media";
import { createRoom, type Room } from "./room";

interface Options {
  readonly self: string;
  readonly calls: SeatCalls;
  readonly media: LocalMedia;
  readonly wire: SignalWire;
  readonly visit: Visit;
}

const AGAIN_MS = 3_000;

export function useRoom({ self, calls, media, wire, visit }: Options): { readonly room: Room | null; readonly problem: Problem | null } {
  const [room, setRoom] = useState<Room | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  useEffect(() => {
    let over = false;
    let opened: Room | null = null;
    let unlisten: (() => void) | null = null;
    let retry: Cancel | null = null;
    const open = async (): Promise<void> => {
      const [access] = await Promise.all([calls.video(), media.start()]);
      if (over) return;
      setProblem(access.ok ? null : access.problem);
      if (!access.ok) {
        retry = after(AGAIN_MS, () => void open());
        return;
      }
      opened = createRoom(self, calls, media, access.value);
      unlisten = wire.listen((data) => opened?.onSignal(data), () => opened?.nudge());
      setRoom(opened);
    };
    const goodbye = (): void => opened?.close(true);
    void open();
    globalThis.addEventListener("pagehide", goodbye);
    return () => {
      over = true;
      retry?.();
      unlisten?.();
      opened?.close(false); // The others learn it from the service.
      media.stop();
      globalThis.removeEventListener("pagehide", goodbye);
      setRoom(null);
    };
  }, [self, calls, media, wire]);

  useEffect(() => room?.updatePeers(visit), [room, visit]);
  return { room, problem };
}
