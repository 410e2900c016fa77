// SPDX-License-Identifier: Apache-2.0
/** First of all the words are sent for, so that they come together with the page and not after it. */
import { chooseLanguage, languages } from "@/i18n/languages";

const wished = new URL(globalThis.location.href).searchParams.get("lang");
void languages[chooseLanguage([wished, ...navigator.languages])].load();
void import("./main");
