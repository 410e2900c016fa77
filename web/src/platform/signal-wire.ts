// SPDX-License-Identifier: Apache-2.0
/** Video signals on their way from the event stream to whoever has the video open, kept while nobody has. */
const KEPT = 64;

export function createSignalWire() {
  let listener: { readonly arrived: (data: unknown) => void; readonly back: () => void } | null = null;
  let early: unknown[] = [];
  return {
    arrived(data: unknown): void {
      if (listener !== null) listener.arrived(data);
      else early = [...early, data].slice(-KEPT);
    },
    streamIsBack: (): void => listener?.back(),
    /** One listener at a time; it first gets what came too early for it. */
    listen(arrived: (data: unknown) => void, back: () => void): () => void {
      const mine = { arrived, back };
      listener = mine;
      early.splice(0).forEach(arrived);
      return () => {
        if (listener === mine) listener = null;
      };
    },
  };
}
export type SignalWire = ReturnType<typeof createSignalWire>;
