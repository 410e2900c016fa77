// SPDX-License-Identifier: Apache-2.0
/** Which word about the connection is due: a pure decision, so that every case of it can be tried. */
import type { Advice, Mode } from "@/api/types";

export type Word =
  /** The visit goes on without the link between the browsers. */
  | { readonly say: "by-other-means"; readonly mode: "phone" | "async_text" }
  /** Too weak even for sound. */
  | { readonly say: "offer-other-means" }
  /** Too weak for video: it is turned off after a moment, unless somebody wants it otherwise. */
  | { readonly say: "going-quiet" }
  /** The way back up: for oneself, or for a visit that all of it is on sound only. */
  | { readonly say: "offer-video"; readonly because: "better" | "mode"; readonly forAll: boolean };

export interface Situation {
  readonly advice: Advice;
  readonly mode: Mode;
  readonly audioOnly: boolean;
  /** Whether this person may change the mode for everybody. */
  readonly decides: boolean;
  /** Video is back for the visit, and this page has not followed yet. */
  readonly videoIsBack: boolean;
  /** Somebody has said to keep the video on for now. */
  readonly keepsVideo: boolean;
}

export function wordFor(now: Situation): Word | null {
  if (now.mode === "phone" || now.mode === "async_text") return { say: "by-other-means", mode: now.mode };
  if (now.advice === "async_text") return { say: "offer-other-means" };
  if (!now.audioOnly) return now.advice === "audio_only" && !now.keepsVideo ? { say: "going-quiet" } : null;
  if (now.mode === "audio_only") return now.advice === "video" && now.decides ? { say: "offer-video", because: "better", forAll: true } : null;
  if (now.advice === "video") return { say: "offer-video", because: "better", forAll: false };
  return now.videoIsBack ? { say: "offer-video", because: "mode", forAll: false } : null;
}
