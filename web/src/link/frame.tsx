// SPDX-License-Identifier: Apache-2.0
/** What is around every screen but the visit: the clinic's name above, the languages, help below. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Phone } from "lucide-preact";
import type { Branding } from "@/api/types";
import { t } from "@/i18n";
import { initialsOf, LanguageSwitch } from "@/ui/parts";
import { unbroken } from "./reach";

export const clinicName = (branding: Branding | null): string => branding?.displayName ?? t("clinic.unnamed");

function Logo({ branding }: { branding: Branding }) {
  const [broken, setBroken] = useState(false);
  if (branding.logoUrl !== undefined && !broken) {
    return <img class="logo" src={branding.logoUrl} alt="" referrerpolicy="no-referrer" onError={() => setBroken(true)} />;
  }
  return (
    <span class="logo monogram" aria-hidden="true">
      {initialsOf(branding.displayName ?? "") || "+"}
    </span>
  );
}

export function Frame({ branding, screen, wide = false, children }: { branding: Branding | null; screen?: string; wide?: boolean; children: ComponentChildren }) {
  return (
    <div class="page">
      <header class="masthead">
        <div class="row clinic">
          {branding !== null && <Logo branding={branding} />}
          <bdi class="clinic-name">{branding === null ? t("app.name") : clinicName(branding)}</bdi>
        </div>
        <LanguageSwitch />
      </header>
      <main class={wide ? "sheet wide" : "sheet"} data-screen={screen} aria-busy={screen === undefined ? "true" : undefined}>
        {children}
      </main>
      <footer class="foot small muted">
        {branding?.supportContact !== undefined && (
          <p class="row">
            <Phone size={16} aria-hidden="true" />
            <span>
              {t("help.contact")} <bdi>{unbroken(branding.supportContact)}</bdi>
            </span>
          </p>
        )}
        <p>{t("help.emergency")}</p>
      </footer>
    </div>
  );
}

/** Where a screen's buttons are: at the bottom edge on a phone, in reach of the thumb. */
export const Actions = ({ children, still = false }: { children: ComponentChildren; still?: boolean }) => (
  <div class={still ? "actions still" : "actions"}>{children}</div>
);
