// SPDX-License-Identifier: Apache-2.0

export interface Way {
  readonly kind: "phone" | "mail";
  readonly href: string;
  readonly shown: string;
}

/** The number or address in what a clinic wrote about how to reach it, "Front desk: 020 7946 0000". */
export function reachable(contact: string | undefined): Way | null {
  const mail = /[^\s<>@:,;]+@[^\s<>@,;]+\.[^\s<>@,;.]+/.exec(contact ?? "")?.[0];
  if (mail !== undefined) return { kind: "mail", href: `mailto:${encodeURIComponent(mail).replace("%40", "@")}`, shown: mail };
  const number = /\+?[0-9][0-9 ()./-]{4,}[0-9]/.exec(contact ?? "")?.[0];
  return number === undefined ? null : { kind: "phone", href: `tel:${number.replace(/[^+0-9]/g, "")}`, shown: number };
}

/** The same words, with a number that no line breaks. */
export function unbroken(contact: string): string {
  const way = reachable(contact);
  return way?.kind === "phone" ? contact.replace(way.shown, way.shown.replaceAll(" ", "\u00a0")) : contact;
}
