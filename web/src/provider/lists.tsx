// SPDX-License-Identifier: Apache-2.0
/** The left side: who waits, longest first, and today's visits with their preparation at a glance. */
import { useEffect, useState } from "preact/hooks";
import { Camera, Languages, Link2, ShieldCheck } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { Preparation, Session } from "@/api/types";
import { formatClock, formatNumber, formatTime, languageName, t } from "@/i18n";
import { every, now } from "@/platform/timers";
import { Avatar, Button, ConnectionTag } from "@/ui/parts";
import type { Clinic, Waiting } from "./clinic";
import type { Seat } from "./seat";
import { patientName, personName } from "./words";

/** Ticks by itself, so that only the clock is drawn anew each second. */
export function Since({ at }: { at: number }) {
  const [, tick] = useState(0);
  useEffect(() => every(1000, () => tick((count) => count + 1)), []);
  return (
    <time class="clock" dir="ltr">
      {formatClock((now() - at) / 1000)}
    </time>
  );
}

export function WaitingRoom({ clinic, seat }: { clinic: Clinic; seat: Seat }) {
  const waiting = clinic.waiting.value;
  return (
    <section class="list" aria-labelledby="waiting-title">
      <h2 id="waiting-title" class="list-title">
        {t("staff.waiting")} <span class="count">{formatNumber(waiting.length)}</span>
      </h2>
      {waiting.length === 0 && <p class="list-empty">{t("staff.waiting-empty")}</p>}
      <ul>
        {waiting.map((one, index) => (
          <WaitingRow key={one.participantId} item={one} first={index === 0} clinic={clinic} seat={seat} />
        ))}
      </ul>
    </section>
  );
}

function WaitingRow({ item, first, clinic, seat }: { item: Waiting; first: boolean; clinic: Clinic; seat: Seat }) {
  const name = personName(item);
  const selected = clinic.selectedId.value === item.sessionId;
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
      <Button compact look="primary" data-admit={item.participantId} busy={seat.busy.value === `admit:${item.participantId}`} onClick={() => void seat.admit(item.sessionId, item.participantId)}>
        {t("staff.admit")}
        <span class="visually-hidden">
          <bdi>{name}</bdi>
        </span>
        {first && <kbd aria-hidden="true">A</kbd>}
      </Button>
    </li>
  );
}

export function Worklist({ clinic }: { clinic: Clinic }) {
  const sessions = clinic.sessions.value;
  return (
    <section class="list" aria-labelledby="today-title">
      <h2 id="today-title" class="list-title">
        {t("staff.today")} {sessions !== null && <span class="count">{formatNumber(sessions.length)}</span>}
      </h2>
      {sessions === null && <p class="list-empty">{clinic.problem.value === null ? t("loading.text") : t("problem.offline")}</p>}
      {sessions?.length === 0 && <p class="list-empty">{t("staff.today-empty")}</p>}
      <ul>
        {sessions?.map((session) => (
          <SessionRow key={session.id} session={session} clinic={clinic} />
        ))}
      </ul>
    </section>
  );
}

function SessionRow({ session, clinic }: { session: Session; clinic: Clinic }) {
  const selected = clinic.selectedId.value === session.id;
  const prepared = clinic.preparations.value[session.id];
  const open = session.status === "scheduled" || session.status === "waiting";
  return (
    <li class={selected ? "item selected" : "item"}>
      <button type="button" class="item-main" aria-current={selected} data-session={session.id} onClick={() => clinic.select(session.id)}>
        <time class="item-time" dateTime={session.scheduledStart}>
          {formatTime(session.scheduledStart)}
        </time>
        <span class="grow">
          <span class="item-name">
            <bdi>{patientName(session)}</bdi>
          </span>
          {open && prepared !== undefined && <Glance session={session} prepared={prepared} />}
        </span>
        <StatusTag session={session} />
      </button>
    </li>
  );
}

export const StatusTag = ({ session }: { session: Session }) => <span class={`status ${session.status}`}>{t(`status.${session.status}`)}</span>;

/** Four small signs: is this visit going to work? */
function Glance({ session, prepared }: { session: Session; prepared: Preparation }) {
  const patient = prepared.participants.find((one) => one.role === "patient");
  const seated = session.participants.find((one) => one.role === "patient")?.status;
  const interpreter = session.participants.find((one) => one.role === "interpreter" && one.status !== "removed");
  const device = patient?.deviceCheck;
  const opened = patient?.link.openedAt !== undefined || device !== undefined || seated !== "invited";
  const tested = device === undefined ? "unknown" : device.camera === "failed" || device.microphone === "failed" ? "poor" : "good";
  const consented = !session.consentPending;
  const confirmed = interpreter !== undefined && interpreter.status !== "invited";
  return (
    <span class="glance">
      <Sign look={opened ? "good" : "unknown"} words={t(opened ? "prep.link-opened" : "prep.link-unopened")} icon={<Link2 size={15} aria-hidden="true" />} />
      <Sign look={tested} words={t(`prep.device-${tested}`)} icon={<Camera size={15} aria-hidden="true" />} />
      <Sign look={consented ? "good" : "fair"} words={t(consented ? "prep.consent-given" : "prep.consent-missing")} icon={<ShieldCheck size={15} aria-hidden="true" />} />
      {interpreter !== undefined && (
        <Sign look={confirmed ? "good" : "fair"} words={t(confirmed ? "prep.interpreter-ready" : "prep.interpreter-open")} icon={<Languages size={15} aria-hidden="true" />} />
      )}
    </span>
  );
}

const Sign = ({ look, words, icon }: { look: string; words: string; icon: ComponentChildren }) => (
  <span class={`sign tag ${look}`} title={words}>
    {icon}
    <span class="visually-hidden">{words}</span>
  </span>
);
