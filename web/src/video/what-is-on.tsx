// SPDX-License-Identifier: Apache-2.0
import { Circle, Lock, LockOpen } from "lucide-preact";
import type { Visit } from "@/api/types";
import { t } from "@/i18n";
import type { Room } from "./room";

const recorded: readonly Visit["recording"]["status"][] = ["requested", "recording", "stopping"];

/** What is on, as it is: whom the picture passes, and whether it is kept or written down. */
export function WhatIsOn({ room, visit }: { room: Room | null; visit: Visit }) {
  const direct = room?.backend === "embedded";
  const isRecorded = recorded.includes(visit.recording.status);
  return (
    <p class="small what-is-on" data-recording={visit.recording.status}>
      {room !== null && (
        <span>
          {direct ? <Lock size={14} aria-hidden="true" /> : <LockOpen size={14} aria-hidden="true" />}
          {t(direct ? "visit.encrypted" : "visit.encrypted-server")}
        </span>
      )}
      <span class={isRecorded ? "is-recorded" : undefined}>
        {isRecorded && <Circle size={12} aria-hidden="true" />}
        {t(isRecorded ? "visit.recorded" : "visit.not-recorded")}
      </span>
      <span>{t("visit.not-transcribed")}</span>
    </p>
  );
}
