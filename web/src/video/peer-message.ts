// SPDX-License-Identifier: Apache-2.0
/** What the pages say to each other over the data channels. */

export type PeerMessage =
  | { readonly type: "chat"; readonly id: string; readonly text: string }
  | { readonly type: "media"; readonly camera: boolean; readonly microphone: boolean; readonly wantsVideo: boolean };

/** What another page sent over the data channel, if it has one of the two known shapes. */
export function readMessage(text: string): PeerMessage | null {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    if (value["type"] === "chat" && typeof value["id"] === "string" && typeof value["text"] === "string") return { type: "chat", id: value["id"], text: value["text"] };
    if (value["type"] === "media") {
      return { type: "media", camera: value["camera"] === true, microphone: value["microphone"] === true, wantsVideo: value["wantsVideo"] !== false };
    }
  } catch {
    // Not JSON: not from a page of ours.
  }
  return null;
}
