// SPDX-License-Identifier: Apache-2.0
/** Appointments that have no visit yet: what each of them waits for, and what one can do about it. */
import { useState } from "preact/hooks";
import { CalendarClock, CircleAlert, CircleDashed } from "lucide-preact";
import type { WaitingAppointment } from "@/api/types";
import { formatDay, formatNumber, formatTime, t } from "@/i18n";
import { now } from "@/platform/timers";
import { Button } from "@/ui/parts";
import type { Clinic } from "./clinic";

/** So many that today's visits below stay in sight; the soonest are what somebody should look after first. */
const FIRST = 2;

export function WaitingAppointments({ clinic }: { clinic: Clinic }) {
  const [isWhole, setWhole] = useState(false);
  const appointments = clinic.appointments.value;
  if (appointments.length === 0) return null;
  return (
    <section class="list" aria-labelledby="appointments-title" data-list="appointments">
      <h2 id="appointments-title" class="list-title">
        <CalendarClock size={16} aria-hidden="true" />
        {t("appointment.title")} <span class="count">{formatNumber(appointments.length)}</span>
      </h2>
      <ul id="appointments">
        {(isWhole ? appointments : appointments.slice(0, FIRST)).map((one) => (
          <AppointmentRow key={one.appointmentId} appointment={one} />
        ))}
      </ul>
      {appointments.length > FIRST && (
        <Button compact look="quiet" aria-expanded={isWhole} aria-controls="appointments" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t("appointment.fewer") : t("appointment.all", { count: appointments.length })}
        </Button>
      )}
      <p class="list-empty">{t("appointment.text")}</p>
    </section>
  );
}

const isToday = (at: string): boolean => new Date(at).toDateString() === new Date(now()).toDateString();

function AppointmentRow({ appointment }: { appointment: WaitingAppointment }) {
  const { scheduledStart, patientId, providerId, waitsFor } = appointment;
  const nextTry = nextTryOf(appointment);
  const Icon = waitsFor === "booking" ? CircleDashed : CircleAlert;
  return (
    <li class="item still" data-appointment={appointment.appointmentId}>
      <div class="item-main">
        <time class="item-time" dateTime={scheduledStart}>
          {formatTime(scheduledStart)}
        </time>
        <div class="grow">
          <p class="item-name">
            <bdi>{patientId}</bdi>
          </p>
          <p class="item-facts">
            {!isToday(scheduledStart) && <span>{formatDay(scheduledStart)}</span>}
            {providerId !== undefined && (
              <span>
                {t("appointment.with")} <bdi>{providerId}</bdi>
              </span>
            )}
          </p>
          <p class={waitsFor === "booking" ? "fact" : "fact fair"}>
            <Icon size={16} aria-hidden="true" />
            <span class="strong">{t(`appointment.lacks-${waitsFor}`)}</span>
          </p>
          <p class="small muted">
            {t(`appointment.remedy-${waitsFor}`)} {nextTry !== null && t("appointment.next-try", { time: formatTime(nextTry) })}
          </p>
        </div>
      </div>
    </li>
  );
}

/** When it is tried again: told only where that is all there is to wait for. */
function nextTryOf({ waitsFor, nextTryAt }: WaitingAppointment): string | null {
  if (waitsFor !== "service" || nextTryAt === undefined || Date.parse(nextTryAt) <= now()) return null;
  return nextTryAt;
}
