// SPDX-License-Identifier: Apache-2.0
/** A clinic's colour, moved as little as needed until text and buttons in it can be read on both themes. */

type Rgb = readonly [number, number, number];

const LIGHT_GROUNDS: readonly Rgb[] = [[255, 255, 255], [243, 247, 246], [234, 240, 238]];
const DARK_GROUNDS: readonly Rgb[] = [[21, 31, 29], [13, 21, 20], [30, 42, 40]];
/** 4.5 is the rule for text; a little more leaves room for the tinted grounds made from the colour itself. */
const WANTED = 5.2;

export function parseHex(hex: string): Rgb | null {
  const long = /^#([0-9a-f]{3})$/i.test(hex) ? hex.replace(/[0-9a-f]/gi, "$&$&") : hex;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  if (match === null) return null;
  return [match[1], match[2], match[3]].map((pair) => parseInt(pair ?? "0", 16)) as unknown as Rgb;
}

export const toHex = (rgb: Rgb): string => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

const linear = (part: number): number => {
  const unit = part / 255;
  return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
};
const luminance = ([r, g, b]: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const mix = (from: Rgb, to: Rgb, share: number): Rgb =>
  [0, 1, 2].map((index) => (from[index] ?? 0) * (1 - share) + (to[index] ?? 0) * share) as unknown as Rgb;

function reach(colour: Rgb, towards: Rgb, grounds: readonly Rgb[]): Rgb {
  for (let share = 0; share <= 1; share += 0.02) {
    const tried = mix(colour, towards, share);
    if (grounds.every((ground) => contrast(tried, ground) >= WANTED)) return tried;
  }
  return towards;
}

export function readable(hex: string): { readonly light: string; readonly dark: string } | null {
  const colour = parseHex(hex);
  if (colour === null) return null;
  return {
    light: toHex(reach(colour, [0, 0, 0], LIGHT_GROUNDS)),
    dark: toHex(reach(colour, [255, 255, 255], DARK_GROUNDS)),
  };
}

/** Puts the clinic's colour on the page. Without one, or with one that is no colour, the page keeps its own. */
export function applyBrand(hex: string | undefined): void {
  const colours = hex === undefined ? null : readable(hex);
  const { style } = document.documentElement;
  for (const [name, value] of [["--brand-light", colours?.light], ["--brand-dark", colours?.dark]] as const) {
    if (value === undefined) style.removeProperty(name);
    else style.setProperty(name, value);
  }
}
