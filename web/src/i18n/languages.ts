// SPDX-License-Identifier: Apache-2.0
/** The languages there are. A new one is one message file and one line here. */
import type en from "./en.json";

export type Messages = typeof en;

interface Language {
  readonly name: string;
  readonly dir: "ltr" | "rtl";
  readonly load: () => Promise<{ default: Messages }>;
}

export const languages = {
  en: { name: "English", dir: "ltr", load: () => import("./en.json") },
  "fa-AF": { name: "دری", dir: "rtl", load: () => import("./fa-AF.json") },
} as const satisfies Record<string, Language>;

export type LanguageCode = keyof typeof languages;
export const languageCodes = Object.keys(languages) as LanguageCode[];

/** The first wish that we speak: exactly, or another country's form of the same language. */
export function chooseLanguage(wishes: readonly (string | null | undefined)[]): LanguageCode {
  for (const wish of wishes) {
    if (wish === null || wish === undefined || wish === "") continue;
    const exact = languageCodes.find((code) => code.toLowerCase() === wish.toLowerCase());
    const stem = wish.toLowerCase().split("-")[0];
    const close = languageCodes.find((code) => code.toLowerCase().split("-")[0] === stem);
    const found = exact ?? close ?? (stem === "prs" ? "fa-AF" : undefined);
    if (found !== undefined) return found;
  }
  return "en";
}
