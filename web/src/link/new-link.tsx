// SPDX-License-Identifier: Apache-2.0
import { t } from "@/i18n";
import { Button, Notice } from "@/ui/parts";
import type { LinkApp } from "./app";
import type { NewLink } from "./state";

/** What became of the request for a new link; nothing while none was made. */
export function NewLinkNotice({ newLink }: { newLink: NewLink }) {
  if (newLink !== "sent" && newLink !== "failed") return null;
  return (
    <Notice kind={newLink === "sent" ? "good" : "bad"} live>
      <p>{t(`new-link.${newLink}`)}</p>
    </Notice>
  );
}

/** Asks the clinic for a new link. `main` where that is the one clear thing to do. */
export function AskNewLink({ newLink, app, main = true }: { newLink: NewLink; app: LinkApp; main?: boolean }) {
  const sent = newLink === "sent";
  return (
    <Button data-primary={main ? "" : undefined} data-action="new-link" look={main && !sent ? "primary" : "plain"} wide busy={newLink === "sending"} onClick={() => app.send({ type: "ask-new-link" })}>
      {t(sent ? "new-link.again" : "new-link.ask")}
    </Button>
  );
}
