// SPDX-License-Identifier: Apache-2.0
/** One visit before, between and after: what it is, who is in it, what can be done. */
import type { Signal } from "@preact/signals";
import { Video } from "lucide-preact";
import type { Session } from "@/api/types";
import { formatDay, formatTime, languageName, t } from "@/i18n";
import { Button, Notice } from "@/ui/parts";
import type { Clinic } from "./clinic";
import { EncounterStatus, EndVisit, Fallback, Notes } from "./commands";
import { People } from "./people";
import { PreparationCard } from "./preparation";
import type { Seat } from "./seat";
import { StatusTag } from "./worklist";
import { isOver, patientName, whyOver } from "./words";

export function SessionPane({ session, clinic, seat, ending }: { session: Session; clinic: Clinic; seat: Seat; ending: Signal<boolean> }) {
  const prepared = clinic.preparations.value[session.id];
  const why = whyOver(session);
  const opens = session.status === "scheduled" || session.status === "waiting";
  return (
    <div class="pane stack">
      <div class="row pane-head">
        <div class="grow stack-s">
          <h1>
            <bdi>{patientName(session)}</bdi>
          </h1>
          <p class="muted">
            {formatDay(session.scheduledStart)} · <span class="unbroken">{formatTime(session.scheduledStart)}–{formatTime(session.scheduledEnd)}</span>
            {session.language !== undefined && ` · ${languageName(session.language)}`}
          </p>
        </div>
        <StatusTag session={session} />
      </div>
      {session.reasonForVisit !== undefined && (
        <p dir="auto">
          <bdi>{session.reasonForVisit}</bdi>
        </p>
      )}
      {why !== null && (
        <Notice kind={why.isTrouble ? "warn" : "info"} live>
          <p>{why.text}</p>
        </Notice>
      )}
      <EncounterStatus session={session} clinic={clinic} />
      {session.consentPending && !isOver(session) && (
        <Notice kind="warn">
          <p>{t("staff.consent-pending")}</p>
        </Notice>
      )}
      {!isOver(session) && (
        <div class="row">
          <Button look="primary" data-action="join" busy={seat.busy.value.has(`join:${session.id}`)} onClick={() => void seat.join(session.id)}>
            <Video size={20} aria-hidden="true" />
            {t("staff.join")}
            <kbd aria-hidden="true">↵</kbd>
          </Button>
          <EndVisit session={session} seat={seat} asking={ending} />
        </div>
      )}
      <div class="pane-columns">
        <div class="card stack">
          <People session={session} seat={seat} />
        </div>
        <div class="stack">
          {opens && prepared !== undefined && (
            <div class="card stack">
              <PreparationCard session={session} prepared={prepared} />
            </div>
          )}
          <div class="card stack">
            <Fallback session={session} seat={seat} />
            <Notes session={session} />
          </div>
        </div>
      </div>
    </div>
  );
}
