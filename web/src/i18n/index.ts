// SPDX-License-Identifier: Apache-2.0
/** Words, numbers and times in the reader's language. */
import { signal } from "@preact/signals";
import { languages, type LanguageCode, type Messages } from "./languages";

export { chooseLanguage, languageCodes, languages, type LanguageCode } from "./languages";
export type MessageKey = keyof Messages;
type PluralKey = { [K in MessageKey]: K extends `${infer Stem}.other` ? Stem : never }[MessageKey];
export type Params = Readonly<Record<string, string | number>>;

const current = signal<{ code: LanguageCode; locale: string; messages: Messages } | null>(null);

export const language = (): LanguageCode => current.value?.code ?? "en";

/** How numbers and times are written: as in the reader's own country, where the browser names one for this language. */
const locale = (): string => current.value?.locale ?? "en";
const localeOf = (code: LanguageCode): string => globalThis.navigator?.languages?.find((one) => one.startsWith(`${code}-`)) ?? code;
export const direction = (code: LanguageCode = language()): "ltr" | "rtl" => languages[code].dir;

/** Loads the messages and turns the document round where the script runs from the right. */
export async function setLanguage(code: LanguageCode): Promise<void> {
  if (current.value?.code === code) return;
  const { default: messages } = await languages[code].load();
  current.value = { code, locale: localeOf(code), messages };
  document.documentElement.lang = code;
  document.documentElement.dir = direction(code);
}

export function t(key: MessageKey, params: Params = {}): string {
  const text = current.value?.messages[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? formatNumber(value) : value;
  });
}

/** The form of `stem.one`, `stem.other` … that the language wants for this count, given as {count}. */
export function tn(stem: PluralKey, count: number, params: Params = {}): string {
  const form = new Intl.PluralRules(language()).select(count);
  const wanted = `${stem}.${form}` as MessageKey;
  const messages = current.value?.messages;
  const key = messages !== undefined && wanted in messages ? wanted : (`${stem}.other` as MessageKey);
  return t(key, { count, ...params });
}

export const formatNumber = (value: number, digits = 0): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);

/** "Maryam, Omid and Sara". */
export const formatList = (words: readonly string[]): string => new Intl.ListFormat(language(), { type: "conjunction" }).format(words);

export const formatTime = (at: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale(), { hour: "numeric", minute: "2-digit", ...zone(timeZone) }).format(new Date(at));

export const formatDay = (at: string | number, timeZone?: string): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", ...zone(timeZone) }).format(new Date(at));

const zone = (timeZone?: string): Intl.DateTimeFormatOptions => (timeZone === undefined ? {} : { timeZone });

/** 1:05 or 1:02:05, in the reader's digits. */
export function formatClock(totalSeconds: number): string {
  const seconds = Math.max(0, Math.floor(totalSeconds));
  const two = (value: number): string =>
    new Intl.NumberFormat(locale(), { minimumIntegerDigits: 2, useGrouping: false }).format(value);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const tail = two(seconds % 60);
  return hours > 0 ? `${formatNumber(hours)}:${two(minutes)}:${tail}` : `${formatNumber(minutes)}:${tail}`;
}

/** "in 3 hours", "4 minutes ago". */
export function formatRelative(at: number, from: number): string {
  const seconds = Math.round((at - from) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  if (Math.abs(seconds) < 60) return relative.format(0, "minute");
  if (Math.abs(seconds) < 5400) return relative.format(Math.round(seconds / 60), "minute");
  if (Math.abs(seconds) < 129_600) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

const nativeNames = (code: string): string | undefined => new Intl.DisplayNames([language()], { type: "language" }).of(code);
/** The name of any language tag, in the reader's language. */
export function languageName(code: string): string {
  try {
    return nativeNames(code) ?? code;
  } catch {
    return code; // Not a language tag: shown as it came.
  }
}
