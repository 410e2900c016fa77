// SPDX-License-Identifier: Apache-2.0
import { Mail, Phone } from "lucide-preact";
import { t } from "@/i18n";
import { reachable } from "./reach";

/** The way on where the page itself has none: the clinic, a tap away. Nothing where it has named no number or address. */
export function ContactClinic({ contact, primary = false }: { contact: string | undefined; primary?: boolean }) {
  const way = reachable(contact);
  if (way === null) return null;
  const Icon = way.kind === "phone" ? Phone : Mail;
  return (
    <a class={primary ? "button primary wide" : "button wide"} data-primary={primary ? "" : undefined} data-action="contact" href={way.href}>
      <Icon size={20} aria-hidden="true" />
      {t(way.kind === "phone" ? "contact.call" : "contact.write")} <bdi dir="ltr">{way.shown.replaceAll(" ", "\u00a0")}</bdi>
    </a>
  );
}
