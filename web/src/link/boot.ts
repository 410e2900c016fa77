// SPDX-License-Identifier: Apache-2.0
/** First of all the words and what the link leads to are sent for, so that they come with the page and not after it. */
import { chooseLanguage, languages } from "@/i18n/languages";
import { askEarly } from "./first-preview";

const wished = new URL(globalThis.location.href).searchParams.get("lang");
void languages[chooseLanguage([wished, ...navigator.languages])].load();
askEarly();
void import("./main");
