// SPDX-License-Identifier: Apache-2.0
/** The waiting room that the clinic shares: longest wait first, and who came together stands together. */
import { useEffect, useState } from "preact/hooks";
import { Languages } from "lucide-preact";
import { formatClock, formatList, formatNumber, languageName, t } from "@/i18n";
import { every, now } from "@/platform/timers";
import { Avatar, Button, ConnectionTag } from "@/ui/parts";
import type { Clinic, Waiting } from "./clinic";
import { nextToAdmit, waitingWith } from "./linked";
import type { Seat } from "./seat";
import { nameIn, personName } from "./words";

/** Ticks by itself, so that only the clock is drawn anew each second. */
function Since({ at }: { at: number }) {
  const [, tick] = useState(0);
  useEffect(() => every(1000, () => tick((count) => count + 1)), []);
  return (
    <time class="clock" dir="ltr" title={t("staff.waits-since")}>
      {formatClock((now() - at) / 1000)}
    </time>
  );
}

export function WaitingRoom({ clinic, seat }: { clinic: Clinic; seat: Seat }) {
  const waiting = clinic.waiting.value;
  const next = nextToAdmit(waiting, clinic.sessions.value ?? [])?.person.participantId;
  return (
    <section class="list" aria-labelledby="waiting-title">
      <h2 id="waiting-title" class="list-title">
        {t("staff.waiting")} <span class="count">{formatNumber(waiting.length)}</span>
      </h2>
      {waiting.length === 0 && <p class="list-empty">{t("staff.waiting-empty")}</p>}
      <ul>
        {waiting.map((one) => (
          <WaitingRow key={one.participantId} item={one} isNext={one.participantId === next} clinic={clinic} seat={seat} />
        ))}
      </ul>
    </section>
  );
}

function WaitingRow({ item, isNext, clinic, seat }: { item: Waiting; isNext: boolean; clinic: Clinic; seat: Seat }) {
  const name = nameIn(clinic.sessions.value?.find((one) => one.id === item.sessionId), item);
  const selected = clinic.selectedId.value === item.sessionId;
  const linked = waitingWith(clinic.waiting.value, clinic.sessions.value ?? [], item);
  const alone = linked.length === 0;
  return (
    <li class={selected ? "item waiting selected" : "item waiting"}>
      <button type="button" class="item-main" aria-current={selected} onClick={() => clinic.select(item.sessionId)}>
        <Avatar name={name} small />
        <span class="grow">
          <span class="item-name">
            <bdi>{name}</bdi>
          </span>
          <span class="item-facts">
            <ConnectionTag quality={item.connection} short />
            {item.role !== "patient" && <span>{t(`role.${item.role}`)}</span>}
            {item.language !== undefined && <span>{languageName(item.language)}</span>}
            {item.interpreterNeeded && (
              <span class="tag fair">
                <Languages size={14} aria-hidden="true" />
                {t("staff.needs-interpreter")}
              </span>
            )}
          </span>
        </span>
        <Since at={item.since} />
      </button>
      <Button compact look={alone ? "primary" : "plain"} data-admit={item.participantId} busy={seat.busy.value.has(`admit:${item.participantId}`)} onClick={() => void seat.admit(item.sessionId, item.participantId)}>
        {t("staff.admit")}
        <span class="visually-hidden">
          <bdi>{name}</bdi>
        </span>
        {isNext && alone && <kbd aria-hidden="true">A</kbd>}
      </Button>
      {!alone && <AdmitTogether people={[item, ...linked]} sessionId={item.sessionId} seat={seat} isNext={isNext} />}
    </li>
  );
}

interface Together {
  /** The patient first, then those who came with them. */
  readonly people: readonly Pick<Waiting, "participantId" | "displayName" | "role">[];
  readonly sessionId: string;
  readonly seat: Seat;
  readonly isNext?: boolean;
}

/** One step for the patient and those who came with them. */
export function AdmitTogether({ people, sessionId, seat, isNext = false }: Together) {
  const patient = people[0]?.participantId ?? "";
  return (
    <Button compact look="primary" class="together" data-action="admit-linked" busy={seat.busy.value.has(`admit-linked:${patient}`)} onClick={() => void seat.admit(sessionId, patient, true)}>
      {people.length === 2 ? t("staff.admit-both") : t("staff.admit-all", { count: people.length })}
      <span class="visually-hidden">
        <bdi>{formatList(people.map(personName))}</bdi>
      </span>
      {isNext && <kbd aria-hidden="true">A</kbd>}
    </Button>
  );
}
