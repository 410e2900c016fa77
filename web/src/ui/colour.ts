// SPDX-License-Identifier: Apache-2.0
/** A clinic's colour, moved as little as needed until text and buttons in it can be read on both themes. */

type Rgb = readonly [number, number, number];

const LIGHT_GROUNDS: readonly Rgb[] = [[255, 255, 255], [243, 247, 246], [234, 240, 238]];
const DARK_GROUNDS: readonly Rgb[] = [[21, 31, 29], [13, 21, 20], [30, 42, 40]];
/** 4.5 is the rule for text; a little more allows for rounding. */
const WANTED = 4.6;
/** How strongly a ground is tinted with the colour itself, as in tokens.css and video.css. */
const LIGHT_TINT = 0.09;
const DARK_TINT = 0.16;

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

interface Hsl { readonly hue: number; readonly saturation: number; readonly lightness: number }

function toHsl(rgb: Rgb): Hsl {
  const [r, g, b] = rgb.map((part) => part / 255) as unknown as Rgb;
  const most = Math.max(r, g, b);
  const least = Math.min(r, g, b);
  const range = most - least;
  const lightness = (most + least) / 2;
  if (range === 0) return { hue: 0, saturation: 0, lightness };
  const hue = most === r ? ((g - b) / range) % 6 : most === g ? (b - r) / range + 2 : (r - g) / range + 4;
  return { hue: hue * 60, saturation: range / (1 - Math.abs(2 * lightness - 1)), lightness };
}

function fromHsl({ hue, saturation, lightness }: Hsl): Rgb {
  const spread = saturation * Math.min(lightness, 1 - lightness);
  const part = (offset: number): number => {
    const place = (offset + hue / 30 + 12) % 12;
    return 255 * (lightness - spread * Math.max(-1, Math.min(place - 3, 9 - place, 1)));
  };
  return [part(0), part(8), part(4)];
}

const tinted = (ground: Rgb, colour: Rgb, tint: number): Rgb =>
  [0, 1, 2].map((index) => (ground[index] ?? 0) * (1 - tint) + (colour[index] ?? 0) * tint) as unknown as Rgb;

/** The first lightness, going step by step, at which the colour can be read on every one of the grounds. */
function reach(colour: Rgb, step: number, grounds: readonly Rgb[], tint: number): Rgb {
  const hsl = toHsl(colour);
  for (let lightness = hsl.lightness; lightness >= 0 && lightness <= 1; lightness += step) {
    const tried = fromHsl({ ...hsl, lightness });
    if (grounds.every((ground) => contrast(tried, ground) >= WANTED && contrast(tried, tinted(ground, tried, tint)) >= WANTED)) return tried;
  }
  return step < 0 ? [0, 0, 0] : [255, 255, 255];
}

export function readable(hex: string): { readonly light: string; readonly dark: string } | null {
  const colour = parseHex(hex);
  if (colour === null) return null;
  return {
    light: toHex(reach(colour, -0.01, LIGHT_GROUNDS, LIGHT_TINT)),
    dark: toHex(reach(colour, 0.01, DARK_GROUNDS, DARK_TINT)),
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
