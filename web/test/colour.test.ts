// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { contrast, parseHex, readable } from "@/ui/colour";

const white = [255, 255, 255] as const;
const nearBlack = [21, 31, 29] as const;
const against = (hex: string, ground: readonly [number, number, number]): number => contrast(parseHex(hex) ?? white, ground);

describe("a clinic's colour", () => {
  it.each(["#ffe100", "#9be7ff", "#000000", "#ffffff", "#0b6a60", "#7f7f7f", "#ff0000", "#0000ff"])("%s can be read on both themes", (hex) => {
    const colours = readable(hex);
    expect(against(colours?.light ?? hex, white)).toBeGreaterThanOrEqual(4.5);
    expect(against(colours?.dark ?? hex, nearBlack)).toBeGreaterThanOrEqual(4.5);
  });

  it("is left as it is where it can be read already", () => {
    expect(readable("#0b6a60")?.light).toBe("#0b6a60");
  });

  it("is no colour unless it is written as one", () => {
    expect(readable("red; background: url(//evil)")).toBeNull();
  });

  it("has the contrast that WCAG computes", () => {
    expect(contrast([0, 0, 0], white)).toBeCloseTo(21, 5);
    expect(contrast([118, 118, 118], white)).toBeCloseTo(4.54, 2);
  });
});
