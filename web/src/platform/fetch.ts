// SPDX-License-Identifier: Apache-2.0
/** The one door to the network. */
export type Transport = (path: string, init: RequestInit) => Promise<Response>;

export const browserTransport: Transport = (path, init) =>
  globalThis.fetch(path, { cache: "no-store", credentials: "same-origin", ...init });

/** The provider that staff sign in with: another place, which gets no cookie of ours and is not told where we are. */
export const outsideTransport: Transport = (url, init) =>
  globalThis.fetch(url, { ...init, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });

export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Calls `run` whenever the device loses its network, as far as it knows. */
export function onLosingNetwork(run: () => void): () => void {
  globalThis.addEventListener("offline", run);
  return () => globalThis.removeEventListener("offline", run);
}

/** Calls `run` whenever the device comes back from sleep, another tab or lost network. */
export function onComingBack(run: () => void): () => void {
  const seen = (): void => {
    if (document.visibilityState === "visible") run();
  };
  globalThis.addEventListener("online", run);
  globalThis.addEventListener("pageshow", seen);
  document.addEventListener("visibilitychange", seen);
  return () => {
    globalThis.removeEventListener("online", run);
    globalThis.removeEventListener("pageshow", seen);
    document.removeEventListener("visibilitychange", seen);
  };
}
