// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "preact/hooks";
import { CircleCheck } from "lucide-preact";
import { formatTime, t, tn } from "@/i18n";
import { Announce, Button, Heading, Notice } from "@/ui/parts";
import { SoundUnlock } from "@/ui/sound";
import type { LinkApp } from "../app";
import { Actions, clinicName } from "../frame";
import { problemText } from "../problems";
import { openConsents, type On } from "../state";
import { reportWhileWaiting } from "../waiting-report";
import { Where } from "../where";
import { Withdraw } from "../withdraw";

/** Calm while nothing happens: the place in line, that the clinic sees them, what to do meanwhile. */
export function WaitingScreen({ state, app }: { state: On<"waiting">; app: LinkApp }) {
  const { seat, leaving, problem } = state;
  const { visit } = seat;
  const position = visit.queue?.position;
  const line = position === undefined ? t("waiting.in-line") : position === 1 ? t("waiting.next") : tn("waiting.before-you", position - 1);
  const unanswered = openConsents(visit.participant.role, visit.consents);
  useEffect(() => reportWhileWaiting(app.seatCalls(seat.participantId), (queue) => app.send({ type: "place", queue })), [app, seat.participantId]);
  return (
    <div class="stack">
      <div class="here" aria-hidden="true">
        <span />
        <CircleCheck size={32} />
      </div>
      <Heading>{t("waiting.title")}</Heading>
      <p class="lead">{t("waiting.seen", { clinic: clinicName(visit.branding) })}</p>
      {!seat.connected && (
        <Notice kind="warn" live>
          <p>{t("waiting.reconnecting")}</p>
        </Notice>
      )}
      {unanswered.length > 0 && (
        <Notice kind="warn">
          <p>{t("waiting.consent-needed")}</p>
          {unanswered.some((one) => one.answerable) ? (
            <div class="row">
              <Button compact data-action="consent" onClick={() => app.send({ type: "ask-consent" })}>
                {t("waiting.consent-answer")}
              </Button>
            </div>
          ) : (
            <p>{t("consent.elsewhere")}</p>
          )}
        </Notice>
      )}
      {visit.notice !== null && (
        <Notice live>
          {visit.notice.delayMinutes !== undefined && <p class="strong">{tn("waiting.late", visit.notice.delayMinutes)}</p>}
          {visit.notice.text !== undefined && (
            <p dir="auto">
              <bdi>{visit.notice.text}</bdi>
            </p>
          )}
          <p class="small muted">{formatTime(visit.notice.at)}</p>
        </Notice>
      )}
      <div class="card place" role="status">
        <p class="strong">{line}</p>
        <p class="muted small">{t("waiting.by-itself")}</p>
        <SoundUnlock />
      </div>
      <div class="stack-s">
        <h2 class="check-title">{t("waiting.meanwhile")}</h2>
        <ul class="bullets stack-s">
          <li>{t("waiting.tip-quiet")}</li>
          <li>{t("waiting.tip-power")}</li>
          <li>{t("waiting.tip-list")}</li>
        </ul>
      </div>
      {visit.participant.role === "patient" && <Where seat={seat} app={app} open={seat.asksWhere === true} />}
      <Announce>{line}</Announce>
      {problem !== null && (
        <Notice kind="bad" live>
          <p>{problemText(problem)}</p>
        </Notice>
      )}
      <Actions still>
        <Button wide data-action="leave" busy={leaving} onClick={() => app.send({ type: "leave" })}>
          {t("waiting.leave")}
        </Button>
        <Withdraw seat={seat} app={app} />
      </Actions>
    </div>
  );
}
