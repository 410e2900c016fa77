// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { chooseLanguage, languageCodes } from "@/i18n";

const folder = join(__dirname, "../src/i18n");
const read = (code: string): Record<string, string> => JSON.parse(readFileSync(join(folder, `${code}.json`), "utf8")) as Record<string, string>;
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

function sources(path: string): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : sources(inner);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(inner, "utf8")] : [];
  });
}

describe.each(languageCodes.filter((code) => code !== "en"))("the messages in %s", (code) => {
  const english = read("en");
  const theirs = read(code);

  it("have every key that English has, and no other", () => {
    expect(Object.keys(theirs).sort()).toEqual(Object.keys(english).sort());
  });

  it("say something, with the same placeholders", () => {
    const wrong = Object.entries(english).filter(
      ([key, text]) => (theirs[key] ?? "").trim() === "" || String(placeholders(theirs[key] ?? "")) !== String(placeholders(text)),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the message files", () => {
  it("have a file for every language and a language for every file", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5));
    expect(files.sort()).toEqual([...languageCodes].sort());
  });

  it("hold nothing that no page says", () => {
    const code = sources(join(__dirname, "../src")).join("\n");
    // Keys written out, stems of counted messages, and the fixed beginnings of keys made at run time.
    const written = new Set([...code.matchAll(/"([a-z-]+\.[a-z_-]+)"/g)].map((match) => match[1]));
    const beginnings = [...code.matchAll(/`([a-z-]+\.[a-z_-]*)\$\{/g)].map((match) => match[1] ?? "");
    const made = /`\$\{state\.screen\}\.(\w+)`/.test(code) ? ["cancelled.", "ended."] : [];
    const silent = Object.keys(read("en")).filter(
      (key) => !written.has(key) && !written.has(key.replace(/\.(one|other|few|many|two|zero)$/, "")) && ![...beginnings, ...made].some((start) => key.startsWith(start)),
    );
    expect(silent).toEqual([]);
  });
});

describe("the choice of a language", () => {
  it("takes the first wish that is spoken here", () => {
    expect(chooseLanguage([null, "de", "fa-AF", "en"])).toBe("fa-AF");
  });

  it("takes another country's form of the same language", () => {
    expect(chooseLanguage(["fa-IR"])).toBe("fa-AF");
    expect(chooseLanguage(["en-GB"])).toBe("en");
  });

  it("knows Dari by its own code too", () => {
    expect(chooseLanguage(["prs"])).toBe("fa-AF");
  });

  it("falls back to English", () => {
    expect(chooseLanguage(["de", undefined, ""])).toBe("en");
  });
});

describe("numbers and times in Dari", () => {
  beforeEach(async () => {
    Object.assign(globalThis, { document: { documentElement: {} } });
    const { setLanguage } = await import("@/i18n");
    await setLanguage("fa-AF");
  });

  it("are written in its digits, running from the right", async () => {
    const { formatClock, tn } = await import("@/i18n");
    expect(formatClock(65)).toBe("۱:۰۵");
    expect(tn("waiting.before-you", 3)).toContain("۳");
    expect(document.documentElement.dir).toBe("rtl");
  });
});
