// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { t, type MessageKey } from "@/i18n";
import { now } from "@/platform/timers";
import { Button, Heading, LanguageSwitch, Notice } from "@/ui/parts";
import type { Entrance, WhyOut } from "./entrance";
import { readToken, type Identity } from "./identity";

/** For somebody who comes without the link for staff. A token typed here stays in memory only. */
export function SignIn({ expired, onIdentity }: { expired: boolean; onIdentity: (identity: Identity) => void }) {
  const [wrong, setWrong] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const identity = readToken(String(new FormData(event.currentTarget as HTMLFormElement).get("token")).trim());
    if (identity !== null && identity.expiresAt > now()) onIdentity(identity);
    else setWrong(true);
  };
  return (
    <main class="sign-in" data-screen="sign-in">
      <form class="card stack" onSubmit={submit}>
        <Heading>{t("sign-in.title")}</Heading>
        {expired && (
          <Notice kind="warn" live>
            <p>{t("sign-in.expired")}</p>
          </Notice>
        )}
        <p>{t("sign-in.text")}</p>
        <label class="field">
          <span>{t("sign-in.token")}</span>
          <input name="token" type="password" required dir="ltr" autocomplete="off" aria-invalid={wrong} aria-describedby={wrong ? "token-wrong" : undefined} />
        </label>
        {wrong && (
          <Notice kind="bad" live>
            <p id="token-wrong">{t("sign-in.wrong")}</p>
          </Notice>
        )}
        <Button submit look="primary" wide data-primary>
          {t("sign-in.go")}
        </Button>
      </form>
      <LanguageSwitch />
    </main>
  );
}

export function SigningIn() {
  return (
    <main class="sign-in" data-screen="signing-in">
      <p class="muted" role="status">
        {t("sign-in.under-way")}
      </p>
    </main>
  );
}

const reasons: Readonly<Record<WhyOut, MessageKey>> = {
  cancelled: "sign-in.cancelled",
  failed: "sign-in.failed",
  away: "sign-in.away",
  "not-allowed": "sign-in.not-allowed",
  expired: "sign-in.expired",
  "signed-out": "sign-in.signed-out",
};

/** Says why somebody is not in, and offers the one thing that helps. */
export function Outside({ why, entrance }: { why: WhyOut; entrance: Entrance }) {
  const isOther = why === "not-allowed";
  const label = why === "away" ? "sign-in.retry" : isOther ? "sign-in.as-another" : "sign-in.go";
  return (
    <main class="sign-in" data-screen="outside" data-why={why}>
      <div class="card stack">
        <Heading>{t("sign-in.title")}</Heading>
        <Notice kind={why === "signed-out" ? "info" : "warn"} live>
          <p>{t(reasons[why])}</p>
        </Notice>
        <Button look="primary" wide data-primary onClick={() => void (isOther ? entrance.leave() : entrance.again())}>
          {t(label)}
        </Button>
      </div>
      <LanguageSwitch />
    </main>
  );
}
