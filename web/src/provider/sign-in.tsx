// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { t } from "@/i18n";
import { now } from "@/platform/timers";
import { Button, Heading, LanguageSwitch, Notice } from "@/ui/parts";
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
