// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { CircleCheck, MapPin } from "lucide-preact";
import { formatTime, t, tn } from "@/i18n";
import { Announce, Button, Heading, Notice } from "@/ui/parts";
import type { LinkApp } from "../app";
import { Actions, clinicName } from "../frame";
import { problemText } from "../problems";
import { openConsents, type Seat } from "../state";
import { reportWhileWaiting } from "../waiting-report";

/** Calm while nothing happens: the place in line, that the clinic sees them, what to do meanwhile. */
export function WaitingScreen({ seat, app }: { seat: Seat; app: LinkApp }) {
  const { visit } = seat;
  const position = visit.queue?.position;
  const line = position === undefined ? t("waiting.in-line") : position === 1 ? t("waiting.next") : tn("waiting.before-you", position - 1);
  const unanswered = openConsents(visit.participant.role, visit.consents);
  useEffect(() => reportWhileWaiting(app.seatCalls(seat.participantId)), [app, seat.participantId]);
  return (
    <div class="stack">
      <div class="pulse" aria-hidden="true">
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
          <div class="row">
            <Button compact data-action="consent" onClick={() => app.send({ type: "ask-consent" })}>
              {t("waiting.consent-answer")}
            </Button>
          </div>
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
      </div>
      <div class="stack-s">
        <h2 class="check-title">{t("waiting.meanwhile")}</h2>
        <ul class="bullets stack-s">
          <li>{t("waiting.tip-quiet")}</li>
          <li>{t("waiting.tip-power")}</li>
          <li>{t("waiting.tip-list")}</li>
        </ul>
      </div>
      {visit.participant.role === "patient" && <Where seat={seat} app={app} />}
      <Announce>{line}</Announce>
      <Actions still>
        <Leave app={app} />
      </Actions>
    </div>
  );
}

/** Where the patient is now: for an ambulance, or to call back. Sent, never kept on this device. */
function Where({ seat, app }: { seat: Seat; app: LinkApp }) {
  const [state, setState] = useState<"open" | "sending" | "sent">("open");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const where = { address: String(form.get("address")).trim(), callbackNumber: String(form.get("number")).trim() };
    if (where.address === "" || !/^[+0-9 ()./-]{3,40}$/.test(where.callbackNumber)) return setProblem(t("where.incomplete"));
    setState("sending");
    const answer = await app.seatCalls(seat.participantId).whereabouts(where);
    setProblem(answer.ok ? null : problemText(answer.problem));
    setState(answer.ok ? "sent" : "open");
  };
  if (state === "sent") {
    return (
      <Notice kind="good" live>
        <p>{t("where.sent")}</p>
      </Notice>
    );
  }
  return (
    <details class="fold" open={seat.asksWhere === true}>
      <summary>
        <MapPin size={20} aria-hidden="true" />
        {t("where.title")}
      </summary>
      <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <p class="small muted">{t("where.why")}</p>
        <label class="field">
          <span>{t("where.address")}</span>
          <input name="address" autocomplete="street-address" maxLength={500} dir="auto" required />
        </label>
        <label class="field">
          <span>{t("where.number")}</span>
          <input name="number" type="tel" autocomplete="tel" maxLength={40} dir="ltr" required />
        </label>
        {problem !== null && (
          <Notice kind="bad" live>
            <p>{problem}</p>
          </Notice>
        )}
        <div class="row">
          <Button submit busy={state === "sending"}>
            {t("where.send")}
          </Button>
        </div>
      </form>
    </details>
  );
}

/** Asks once more in place: after leaving, the link is spent. */
function Leave({ app }: { app: LinkApp }) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button wide look="quiet" data-action="leave" onClick={() => setAsking(true)}>
        {t("waiting.leave")}
      </Button>
    );
  }
  return (
    <div class="stack-s" role="group" aria-label={t("leave.sure")}>
      <p class="strong">{t("leave.sure")}</p>
      <p class="small muted">{t("leave.means")}</p>
      <div class="row">
        <Button class="grow" look="danger" data-action="confirm-leave" onClick={() => app.send({ type: "leave" })}>
          {t("leave.yes")}
        </Button>
        <Button class="grow" onClick={() => setAsking(false)}>
          {t("leave.no")}
        </Button>
      </div>
    </div>
  );
}
