// SPDX-License-Identifier: Apache-2.0
/** What the link leads to, asked for while the rest of the page is still on its way. */
import { Http } from "@/api/http";
import { linkCalls, type LinkCalls } from "@/api/visit";

type Asked = ReturnType<LinkCalls["preview"]>;

let first: { readonly code: string; readonly answer: Asked } | null = null;

export const codeInAddress = (): string | null => globalThis.location.hash.slice(1) || null;

export function askEarly(): void {
  const code = codeInAddress();
  if (code !== null) first = { code, answer: linkCalls(new Http(), code).preview() };
}

/** The early answer, once; whoever asks again wants to know how it is now. */
export function takeEarly(code: string): Asked | null {
  const taken = first;
  first = null;
  return taken?.code === code ? taken.answer : null;
}
