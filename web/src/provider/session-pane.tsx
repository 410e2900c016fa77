// SPDX-License-Identifier: Apache-2.0
/** One visit before, between and after: what it is, who is in it, what can be done. */
import type { Signal } from "@preact/signals";
import { Video } from "lucide-preact";
import type { Session } from "@/api/types";
import { formatDay, formatTime, languageName, t } from "@/i18n";
import { Button } from "@/ui/parts";
import type { Clinic } from "./clinic";
import { EncounterStatus, EndVisit, Fallback, Notes } from "./commands";
import { StatusTag } from "./lists";
import { People } from "./people";
import type { Seat } from "./seat";
import { isOver, patientName } from "./words";

export function SessionPane({ session, clinic, seat, ending }: { session: Session; clinic: Clinic; seat: Seat; ending: Signal<boolean> }) {
  const backend = clinic.preparations.value[session.id]?.backend;
  return (
    <div class="pane stack">
      <div class="row pane-head">
        <div class="grow stack-s">
          <h1>
            <bdi>{patientName(session)}</bdi>
          </h1>
          <p class="muted">
            {formatDay(session.scheduledStart)} · {formatTime(session.scheduledStart)}–{formatTime(session.scheduledEnd)}
            {session.language !== undefined && ` · ${languageName(session.language)}`}
          </p>
        </div>
        <StatusTag session={session} />
      </div>
      <EncounterStatus session={session} clinic={clinic} />
      {session.cancelReason !== undefined && <p class="muted">{t("staff.cancelled-because", { reason: session.cancelReason })}</p>}
      {session.consentPending && !isOver(session) && <p class="muted">{t("staff.consent-pending")}</p>}
      {backend?.healthy === false && <p class="muted">{t("prep.backend-down")}</p>}
      {!isOver(session) && (
        <div class="row">
          <Button look="primary" data-action="join" busy={seat.busy.value === "join"} onClick={() => void seat.join(session.id)}>
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
        <div class="card stack">
          <Fallback session={session} seat={seat} />
          <Notes session={session} />
        </div>
      </div>
    </div>
  );
}
