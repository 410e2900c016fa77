// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";
import { ShieldCheck } from "lucide-preact";
import { t, type MessageKey } from "@/i18n";
import { Button, Heading, Notice } from "@/ui/parts";
import type { LinkApp } from "../app";
import { ContactClinic } from "../contact";
import { Actions } from "../frame";
import { problemText } from "../problems";
import { brandingOf, type On } from "../state";

const titles: Readonly<Record<string, MessageKey>> = {
  telehealth: "consent.title-telehealth",
  recording: "consent.title-recording",
  ai_transcription: "consent.title-transcription",
};

interface AskedProps {
  readonly state: On<"consent">;
  readonly app: LinkApp;
}

/** One question a screen. Nothing is chosen beforehand, and both answers lead on. */
export function ConsentScreen({ state, app }: AskedProps) {
  const index = Math.min(state.decisions.length, state.asked.length - 1);
  const consent = state.asked[index];
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.scrollIntoView({ block: "start" }), [index]);
  if (state.declined) return <Declined state={state} app={app} />;
  if (consent === undefined) return null;
  return (
    <div class="stack" ref={top} key={consent.type}>
      {state.asked.length > 1 && <p class="muted small">{t("consent.step", { step: index + 1, of: state.asked.length })}</p>}
      <ShieldCheck size={40} class="emblem" aria-hidden="true" />
      <Heading>{t(titles[consent.type] ?? "consent.title-other")}</Heading>
      {consent.text !== "" && (
        <div class="prose" lang={consent.language} dir="auto" tabIndex={0} role="region" aria-label={t("consent.text-label")}>
          {consent.text.split(/\n+/).map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </div>
      )}
      {state.problem !== null && (
        <Notice kind="bad" live>
          <p>{problemText(state.problem)}</p>
        </Notice>
      )}
      {!consent.answerable && (
        <Notice kind="info">
          <p>{t("consent.elsewhere")}</p>
        </Notice>
      )}
      <Actions>
        {consent.answerable ? <Answers state={state} app={app} /> : <AskTheClinic state={state} app={app} />}
        <Button look="quiet" wide onClick={() => app.send({ type: "back" })}>
          {t("action.back")}
        </Button>
      </Actions>
    </div>
  );
}

const Answers = ({ state, app }: AskedProps) => (
  <>
    <Button data-primary look="primary" wide busy={state.sending} onClick={() => app.send({ type: "decided", decision: "granted" })}>
      {t("consent.yes")}
    </Button>
    <Button wide data-action="refuse" onClick={() => app.send({ type: "decided", decision: "refused" })}>
      {t("consent.no")}
    </Button>
  </>
);

/** The clinic writes consents down itself: it is a call away, and the waiting room is where it learns who waits for it. */
const AskTheClinic = ({ state, app }: AskedProps) => (
  <>
    <ContactClinic contact={brandingOf(state)?.supportContact} />
    <Button data-primary look="primary" wide onClick={() => app.send({ type: "next" })}>
      {t("consent.go-on")}
    </Button>
  </>
);

/** What a no means, the way back, and a way on. */
function Declined({ state, app }: AskedProps) {
  return (
    <div class="stack">
      <ShieldCheck size={40} class="emblem" aria-hidden="true" />
      <Heading>{t("declined.title")}</Heading>
      <p>{t("declined.text")}</p>
      <p>{t("declined.other-ways")}</p>
      {state.problem !== null && (
        <Notice kind="bad" live>
          <p>{problemText(state.problem)}</p>
        </Notice>
      )}
      <Actions>
        <Button data-primary look="primary" wide onClick={() => app.send({ type: "back" })}>
          {t("declined.change")}
        </Button>
        <Button wide busy={state.sending} onClick={() => app.send({ type: "next" })}>
          {t("declined.tell")}
        </Button>
      </Actions>
    </div>
  );
}
