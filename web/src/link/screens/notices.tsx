// SPDX-License-Identifier: Apache-2.0
/** The screens of a link that does not lead into a visit now: what happened, and what to do about it. */
import { CalendarX, CircleCheck, Clock, Hourglass, Link2Off, TriangleAlert } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import type { Preview } from "@/api/types";
import { formatClock, formatDay, formatRelative, formatTime, t, type MessageKey } from "@/i18n";
import { every, now } from "@/platform/timers";
import { Button, Heading } from "@/ui/parts";
import type { LinkApp } from "../app";
import { ContactClinic } from "../contact";
import { Actions } from "../frame";
import { AskNewLink, NewLinkNotice } from "../new-link";
import type { On } from "../state";

const newLinkWords = {
  expired: { icon: Hourglass, title: "expired.title", text: "expired.text" },
  used: { icon: Link2Off, title: "used.title", text: "used.text" },
  moved: { icon: Clock, title: "moved.title", text: "moved.text" },
} as const satisfies Record<string, { icon: unknown; title: MessageKey; text: MessageKey }>;

/** An expired, used or replaced link: a new one is a tap away. */
export function NewLinkScreen({ state, app }: { state: On<"expired" | "used" | "moved">; app: LinkApp }) {
  const words = newLinkWords[state.screen];
  const Icon = words.icon;
  return (
    <div class="stack">
      <Icon size={40} class="emblem" aria-hidden="true" />
      <Heading>{t(words.title)}</Heading>
      <p>{t(words.text)}</p>
      <NewLinkNotice newLink={state.newLink} />
      <Actions>
        <AskNewLink newLink={state.newLink} app={app} />
        <ContactClinic contact={state.branding.supportContact} />
      </Actions>
    </div>
  );
}

export function OverScreen({ state }: { state: On<"cancelled" | "ended"> }) {
  const Icon = state.screen === "cancelled" ? CalendarX : CircleCheck;
  return (
    <div class="stack">
      <Icon size={40} class="emblem" aria-hidden="true" />
      <Heading>{t(`${state.screen}.title`)}</Heading>
      <p>{t(`${state.screen}.text`)}</p>
      <p class="muted">{t("over.next")}</p>
      <Actions>
        <ContactClinic contact={state.branding.supportContact} primary={state.screen === "cancelled"} />
      </Actions>
    </div>
  );
}

export function InvalidScreen({ app }: { app: LinkApp }) {
  return (
    <div class="stack">
      <TriangleAlert size={40} class="emblem" aria-hidden="true" />
      <Heading>{t("invalid.title")}</Heading>
      <p>{t("invalid.text")}</p>
      <ul class="bullets stack-s">
        <li>{t("invalid.tip-whole")}</li>
        <li>{t("invalid.tip-newest")}</li>
        <li>{t("invalid.tip-call")}</li>
      </ul>
      <Actions>
        <Button data-primary look="primary" wide onClick={() => app.send({ type: "retry" })}>
          {t("action.try-again")}
        </Button>
      </Actions>
    </div>
  );
}

export function TroubleScreen({ app }: { app: LinkApp }) {
  return (
    <div class="stack">
      <TriangleAlert size={40} class="emblem" aria-hidden="true" />
      <Heading>{t("trouble.title")}</Heading>
      <p>{t("trouble.text")}</p>
      <Actions>
        <Button data-primary look="primary" wide onClick={() => app.send({ type: "retry" })}>
          {t("action.try-again")}
        </Button>
      </Actions>
    </div>
  );
}

export function LoadingScreen() {
  return (
    <div class="stack centred" role="status">
      <span class="spinner large" aria-hidden="true" />
      <p>{t("loading.text")}</p>
    </div>
  );
}

/** Counts down and goes on by itself. */
export function EarlyScreen({ preview, app }: { preview: Preview; app: LinkApp }) {
  const opens = Date.parse(preview.validFrom ?? "");
  const left = useSecondsUntil(opens);
  const soon = left < 3600;
  return (
    <div class="stack">
      <Hourglass size={40} class="emblem" aria-hidden="true" />
      <Heading>{t("early.title")}</Heading>
      <p>{t("early.text", { day: formatDay(opens), time: formatTime(opens) })}</p>
      <div class="countdown" role="timer" aria-label={t("early.opens-in")}>
        <span class="muted small">{t("early.opens-in")}</span>
        <strong dir="ltr">{soon ? formatClock(left) : formatRelative(opens, now())}</strong>
      </div>
      <p class="muted">{t("early.stay")}</p>
      <Actions>
        <Button data-primary wide onClick={() => app.send({ type: "retry" })}>
          {t("early.check")}
        </Button>
      </Actions>
    </div>
  );
}

function useSecondsUntil(at: number): number {
  const [left, setLeft] = useState(() => (at - now()) / 1000);
  useEffect(() => every(1000, () => setLeft((at - now()) / 1000)), [at]);
  return Math.max(0, left);
}
