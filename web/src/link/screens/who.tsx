// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { CalendarClock, Clock, Copy } from "lucide-preact";
import { formatDay, formatTime, languageName, t } from "@/i18n";
import { copyText } from "@/platform/clipboard";
import { hasMedia, isInsideAnotherApp } from "@/platform/media";
import { Avatar, Button, Heading, Notice } from "@/ui/parts";
import type { LinkApp } from "../app";
import { Actions, clinicName } from "../frame";
import type { On } from "../state";

/** With whom and when: in the reader's own time, and in the clinic's where the clocks there differ. */
export function WhoScreen({ state, app }: { state: On<"who">; app: LinkApp }) {
  const { preview } = state;
  const start = preview.session?.scheduledStart;
  const provider = preview.providerName ?? clinicName(preview.branding);
  const role = preview.role ?? "patient";
  const elsewhere = start !== undefined && preview.timeZone !== undefined && formatTime(start) !== formatTime(start, preview.timeZone);
  return (
    <div class="stack">
      <Heading>{t("who.title")}</Heading>
      {role !== "patient" && role !== "provider" && (
        <Notice>
          <p>
            <strong>{t(`who.as-${role}`)}</strong>
          </p>
          {role === "interpreter" && preview.language !== undefined && <p>{t("who.interpreter-language", { language: languageName(preview.language) })}</p>}
        </Notice>
      )}
      <div class="card stack">
        <div class="person">
          <Avatar name={provider} />
          <div class="grow">
            <p class="muted small">{t("who.with")}</p>
            <p class="strong">
              <bdi>{provider}</bdi>
            </p>
          </div>
        </div>
        {start !== undefined && (
          <div class="person">
            <span class="avatar" aria-hidden="true">
              <CalendarClock size={22} />
            </span>
            <div class="grow">
              <p class="muted small">{formatDay(start)}</p>
              <p class="strong">
                <time dateTime={start}>{formatTime(start)}</time> <span class="muted small">{t("who.your-time")}</span>
              </p>
              {elsewhere && (
                <p class="muted small row">
                  <Clock size={16} aria-hidden="true" /> {t("who.clinic-time", { time: formatTime(start, preview.timeZone) })}
                </p>
              )}
            </div>
          </div>
        )}
      </div>
      {(isInsideAnotherApp() || !hasMedia()) && <OtherBrowser />}
      <p class="muted">{t(role === "patient" ? "who.next" : "who.next-other")}</p>
      <Actions>
        <Button data-primary look="primary" wide onClick={() => app.send({ type: "next" })}>
          {t("action.continue")}
        </Button>
      </Actions>
    </div>
  );
}

/** Said before the link is used up: here the camera will not work, and how to get where it does. */
export function OtherBrowser() {
  const [copied, setCopied] = useState(false);
  return (
    <Notice kind="warn">
      <p>
        <strong>{t("browser.title")}</strong>
      </p>
      <p>{t(isInsideAnotherApp() ? "browser.inside" : "browser.old")}</p>
      <div class="row">
        <Button compact data-action="copy-link" onClick={() => void copyText(globalThis.location.href).then(setCopied)}>
          <Copy size={16} aria-hidden="true" />
          {t(copied ? "browser.copied" : "browser.copy")}
        </Button>
      </div>
    </Notice>
  );
}
