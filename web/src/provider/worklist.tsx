// SPDX-License-Identifier: Apache-2.0
/** Today's visits with their preparation at a glance, and the visits that the record has not taken yet. */
import { Camera, Languages, Link2, ShieldCheck, TriangleAlert } from "lucide-preact";
import type { ComponentChildren } from "preact";
import type { Preparation, Session } from "@/api/types";
import { formatDay, formatNumber, formatTime, t } from "@/i18n";
import { now } from "@/platform/timers";
import type { Clinic } from "./clinic";
import { RetryEncounter } from "./commands";
import { asksForLink } from "./preparation";
import { patientName } from "./words";

export function Worklist({ clinic }: { clinic: Clinic }) {
  const sessions = clinic.today.value;
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

/** Long enough for a record that works: what is still missing then should be known. */
const LATE_MS = 120_000;

const isLate = (session: Session): boolean => now() - Date.parse(session.actualEnd ?? session.updatedAt) > LATE_MS;

/** Visits that took place and are not in the record. The service goes on trying; somebody should know all the same. */
export function LateEncounters({ clinic }: { clinic: Clinic }) {
  const late = clinic.owed.value.filter(isLate);
  if (late.length === 0) return null;
  return (
    <section class="list" aria-labelledby="late-title" data-list="late">
      <h2 id="late-title" class="list-title alarm">
        <TriangleAlert size={16} aria-hidden="true" />
        {t("staff.late")} <span class="count">{formatNumber(late.length)}</span>
      </h2>
      <ul>
        {late.map((session) => (
          <li key={session.id} class={clinic.selectedId.value === session.id ? "item selected" : "item"}>
            <button type="button" class="item-main" aria-current={clinic.selectedId.value === session.id} onClick={() => clinic.select(session.id)}>
              <span class="grow">
                <span class="item-name">
                  <bdi>{patientName(session)}</bdi>
                </span>
                <span class="item-facts">{t("encounter.ended-at", { time: `${formatDay(session.actualEnd ?? session.updatedAt)} ${formatTime(session.actualEnd ?? session.updatedAt)}` })}</span>
              </span>
            </button>
            <RetryEncounter session={session} clinic={clinic} />
          </li>
        ))}
      </ul>
      <p class="list-empty">{t("staff.late-text")}</p>
    </section>
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
  const asks = patient !== undefined && asksForLink(patient);
  const tested = device === undefined ? "unknown" : device.camera === "failed" || device.microphone === "failed" ? "poor" : "good";
  const consented = !session.consentPending;
  const confirmed = interpreter !== undefined && interpreter.status !== "invited";
  return (
    <span class="glance">
      <Sign look={asks ? "poor" : opened ? "good" : "unknown"} words={t(asks ? "prep.link-asked" : opened ? "prep.link-opened" : "prep.link-unopened")} icon={<Link2 size={15} aria-hidden="true" />} />
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
