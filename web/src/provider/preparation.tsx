// SPDX-License-Identifier: Apache-2.0
/** Is this visit going to work: what is known of each person before it starts, in words. */
import { CircleAlert, CircleCheck, CircleDashed } from "lucide-preact";
import type { Preparation, Session } from "@/api/types";
import { formatNumber, formatTime, t } from "@/i18n";
import { nameIn } from "./words";

type Person = Preparation["participants"][number];

/** Somebody's link did not work for them, and no new one was made since. */
export const asksForLink = ({ link }: Person): boolean =>
  link.requestedAt !== undefined && (link.issuedAt === undefined || link.requestedAt > link.issuedAt);

const icons = { good: CircleCheck, fair: CircleAlert, poor: CircleAlert, unknown: CircleDashed };

function Fact({ look, text }: { look: keyof typeof icons; text: string }) {
  const Icon = icons[look];
  return (
    <li class={`fact ${look}`}>
      <Icon size={16} aria-hidden="true" />
      <span>{text}</span>
    </li>
  );
}

function LinkFact({ person }: { person: Person }) {
  const { link } = person;
  if (asksForLink(person)) return <Fact look="poor" text={t("prep.link-asked-at", { time: formatTime(link.requestedAt ?? "") })} />;
  if (link.openedAt !== undefined) return <Fact look="good" text={t("prep.link-opened-at", { time: formatTime(link.openedAt) })} />;
  if (person.status !== "invited") return <Fact look="good" text={t("prep.link-opened")} />;
  return <Fact look="unknown" text={t(link.issuedAt === undefined ? "prep.link-none" : "prep.link-unopened")} />;
}

function DeviceFact({ person }: { person: Person }) {
  const check = person.deviceCheck;
  if (check === undefined) return <Fact look="unknown" text={t("prep.device-unknown")} />;
  const failed = check.camera === "failed" || check.microphone === "failed" || check.speaker === "failed";
  const figures = check.kbps === undefined ? "" : ` · ${t("prep.network", { kbps: formatNumber(check.kbps), rtt: formatNumber(check.rttMs ?? 0) })}`;
  return <Fact look={failed ? "poor" : "good"} text={t(failed ? "prep.device-poor" : "prep.device-good") + figures} />;
}

export function PreparationCard({ session, prepared }: { session: Session; prepared: Preparation }) {
  const telehealth = prepared.consents.find((one) => one.type === "telehealth");
  const granted = telehealth?.status === "granted";
  const expected = prepared.participants.filter((one) => one.role !== "provider" && one.status !== "removed");
  return (
    <section class="stack" aria-labelledby="prep-title">
      <h2 id="prep-title" class="check-title">{t("prep.title")}</h2>
      <ul class="stack-s">
        <Fact look={prepared.backend.healthy ? "good" : "poor"} text={t(prepared.backend.healthy ? "prep.backend-up" : "prep.backend-down")} />
        {telehealth !== undefined && <Fact look={granted ? "good" : "fair"} text={t(granted ? "prep.consent-given" : "prep.consent-missing")} />}
        {prepared.interpreter.needed && (
          <Fact look={prepared.interpreter.confirmed ? "good" : "fair"} text={t(prepared.interpreter.confirmed ? "prep.interpreter-ready" : "prep.interpreter-open")} />
        )}
      </ul>
      {expected.map((person) => (
        <div key={person.participantId} class="stack-s">
          <h3 class="small">
            <bdi>{nameIn(session, person)}</bdi>
          </h3>
          <ul class="stack-s">
            <LinkFact person={person} />
            <DeviceFact person={person} />
            {!person.reachable && <Fact look="fair" text={t("prep.unreachable")} />}
          </ul>
        </div>
      ))}
    </section>
  );
}
