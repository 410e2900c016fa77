// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { wordFor, type Situation } from "@/video/fallback";

const onVideo: Situation = { advice: "stay", mode: "video", audioOnly: false, decides: false, videoIsBack: false, keepsVideo: false };
const onSound: Situation = { ...onVideo, audioOnly: true };

describe("the word about the connection", () => {
  it("is none while there is nothing to say", () => {
    expect(wordFor(onVideo)).toBeNull();
    expect(wordFor(onSound)).toBeNull();
  });

  it("is that video goes off, when the advice is sound only", () => {
    expect(wordFor({ ...onVideo, advice: "audio_only" })).toEqual({ say: "going-quiet" });
  });

  it("is none for a while after somebody has said to keep the video", () => {
    expect(wordFor({ ...onVideo, advice: "audio_only", keepsVideo: true })).toBeNull();
  });

  it("is none when sound only is advised to somebody who is on sound only", () => {
    expect(wordFor({ ...onSound, advice: "audio_only" })).toBeNull();
  });

  it.each([onVideo, onSound])("offers other means when not even sound gets through", (situation) => {
    expect(wordFor({ ...situation, advice: "async_text", keepsVideo: true })).toEqual({ say: "offer-other-means" });
  });

  it("offers the way back once the connection is better", () => {
    expect(wordFor({ ...onSound, advice: "video" })).toEqual({ say: "offer-video", because: "better", forAll: false });
  });

  it("offers the way back to the one who decides, when all of the visit is on sound only", () => {
    const visitOnSound: Situation = { ...onSound, mode: "audio_only", advice: "video" };
    expect(wordFor({ ...visitOnSound, decides: true })).toEqual({ say: "offer-video", because: "better", forAll: true });
    expect(wordFor(visitOnSound)).toBeNull();
  });

  it("offers the camera to somebody whose visit is back on video, and does not turn it on", () => {
    expect(wordFor({ ...onSound, videoIsBack: true })).toEqual({ say: "offer-video", because: "mode", forAll: false });
  });

  it.each(["phone", "async_text"] as const)("is how the visit goes on, by %s, whatever the connection is", (mode) => {
    for (const advice of ["stay", "audio_only", "async_text", "video"] as const) {
      expect(wordFor({ ...onSound, mode, advice })).toEqual({ say: "by-other-means", mode });
    }
  });
});
