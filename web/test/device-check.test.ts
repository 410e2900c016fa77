// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { linkCalls } from "@/api/visit";
import { Http } from "@/api/http";
import { createDeviceCheck } from "@/link/device-check";
import { createLocalMedia } from "@/video/local-media";

function checked() {
  const media = createLocalMedia();
  return { media, check: createDeviceCheck(linkCalls(new Http(), "code"), media) };
}

describe("the result of the device check", () => {
  it("finds no problem with a device that the browser still asks for", () => {
    expect(checked().check.result()).toMatchObject({ camera: "skipped", microphone: "skipped" });
  });

  it("finds one with a device that was refused or is not there", () => {
    const { media, check } = checked();
    media.trouble.value = { camera: "missing", microphone: "denied" };
    expect(check.result()).toMatchObject({ camera: "failed", microphone: "failed" });
  });

  it("finds none with a camera that somebody has switched off", () => {
    const { media, check } = checked();
    media.trouble.value = { camera: "missing", microphone: null };
    media.choice.value = { camera: false, microphone: true };
    expect(check.result()).toMatchObject({ camera: "skipped" });
  });
});
