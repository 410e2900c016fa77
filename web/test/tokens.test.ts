// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const sources = join(__dirname, "../src");
const sheets = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css"));
const declarations = sheets.flatMap((sheet) =>
  [...readFileSync(join(sources, sheet), "utf8").matchAll(/^\s*([a-z-]+):\s*([^;{}]+);/gm)].map(([, property = "", value = ""]) => ({ sheet, property, value: value.trim() })),
);
const told = (found: typeof declarations): readonly string[] => found.map(({ sheet, property, value }) => `${sheet}: ${property}: ${value}`);
const of = (...properties: readonly string[]) => declarations.filter(({ property }) => properties.includes(property));

const TYPE = /var\(--size-(s|m|l|xl|xxl)\)|^inherit$/;
/** A round thing is round, and a corner that touches an edge has none. */
const CORNER = /^((var\(--radius\)|50%|0)\s*)+$/;
const MOTION_MS_MAX = 150;
/** Turns only while something is waited for, and stands still where motion is not wanted. */
const WORKING = "turn";

const milliseconds = (value: string): readonly number[] => [...value.matchAll(/([\d.]+)(ms|s)\b/g)].map(([, number, unit]) => Number(number) * (unit === "s" ? 1000 : 1));

describe("the looks of every page", () => {
  it("are found", () => expect(sheets.length).toBeGreaterThan(3));

  it("use the sizes of type that there are, the smallest 14", () => {
    expect(told(of("font-size", "font").filter(({ value }) => !TYPE.test(value)))).toEqual([]);
    const scale = [...readFileSync(join(sources, "ui/tokens.css"), "utf8").matchAll(/--size-\w+: ([\d.]+)rem/g)].map(([, size]) => Number(size) * 16);
    expect(scale).toEqual([14, 16, 20, 28, 36]);
  });

  it("use one radius", () => {
    expect(told(of("border-radius").filter(({ value }) => !CORNER.test(value)))).toEqual([]);
  });

  it("move for no longer than 150 ms, but for the sign that something is under way", () => {
    const long = of("animation", "transition", "animation-duration", "transition-duration").filter(({ value }) => milliseconds(value).some((one) => one > MOTION_MS_MAX));
    expect(told(long.filter(({ value }) => !value.startsWith(`${WORKING} `)))).toEqual([]);
  });
});
