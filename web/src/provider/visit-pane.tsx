// SPDX-License-Identifier: Apache-2.0
/** The visit from the provider's side: faces in the middle, people, chat and notes beside them. */
import { useState } from "preact/hooks";
import type { Signal } from "@preact/signals";
import { LogOut } from "lucide-preact";
import type { Session } from "@/api/types";
import { t } from "@/i18n";
import { Announce, ConnectionTag, Notice } from "@/ui/parts";
import { AdviceBanner } from "@/video/advice";
import { Chat, useUnread } from "@/video/chat";
import { Control, ControlBar } from "@/video/controls";
import type { LocalMedia } from "@/video/local-media";
import { Stage } from "@/video/stage";
import { useRoom } from "@/video/use-room";
import { WhatIsOn } from "@/video/what-is-on";
import type { Clinic } from "./clinic";
import { EndVisit, Fallback, Notes } from "./commands";
import { People } from "./people";
import type { OwnSeat, Seat } from "./seat";
import { useShortcuts } from "./shortcuts";
import { patientName, staffProblem } from "./words";

interface Props {
  readonly own: OwnSeat;
  readonly session: Session;
  readonly clinic: Clinic;
  readonly seat: Seat;
  readonly media: LocalMedia;
  readonly ending: Signal<boolean>;
}

export function VisitPane({ own, session, clinic, seat, media, ending }: Props) {
  const { room, problem } = useRoom({ self: own.participantId, calls: own.calls, media, wire: seat.wire, visit: own.visit });
  const [chatOpen, setChatOpen] = useState(false);
  const unread = useUnread(room, chatOpen);
  const mode = own.visit.session.mode;
  useShortcuts({
    m: () => void media.set("microphone", !media.choice.value.microphone),
    v: () => room?.setCamera(!media.choice.value.camera),
    c: () => setChatOpen((open) => !open),
  });

  return (
    <div class="visit-pane">
      <section class="visit-main" aria-label={t("visit.with", { name: patientName(session) })}>
        <div class="visit-head">
          <div class="grow">
            <h1>
              <bdi>{patientName(session)}</bdi>
            </h1>
            <WhatIsOn room={room} visit={own.visit} />
          </div>
          {room !== null && room.quality.value !== "unknown" && <ConnectionTag quality={room.quality.value} />}
          <EndVisit session={session} seat={seat} asking={ending} inside />
        </div>
        <div class="visit-body">
          {room === null ? (
            <p class="stage stage-empty" role="status">
              {problem === null ? t("visit.opening") : staffProblem(problem)}
            </p>
          ) : (
            <Stage room={room} visit={own.visit} media={media} />
          )}
        </div>
        <div class="visit-notices">
          {clinic.feed.value === "down" && (
            <Notice kind="warn" live>
              <p>{t("visit.reconnecting")}</p>
            </Notice>
          )}
          {room !== null && (
            <AdviceBanner room={room} mode={mode} onMode={(wanted) => void seat.fallback(session.id, wanted, wanted === "video" ? "connection_better" : "weak_connection")} />
          )}
        </div>
        {room !== null && (
          <ControlBar room={room} media={media} keys chatOpen={chatOpen} unread={unread} onChat={() => setChatOpen(!chatOpen)}>
            <Control label={t("staff.step-out")} action="leave" icon={<LogOut class="turns" aria-hidden="true" />} onClick={seat.getUp} />
          </ControlBar>
        )}
      </section>
      <aside class="visit-side" aria-label={t("staff.side")}>
        {chatOpen && room !== null && <Chat room={room} visit={own.visit} onClose={() => setChatOpen(false)} />}
        <div class="stack side-scroll">
          <People session={session} seat={seat} />
          <Fallback session={session} seat={seat} />
          <Notes session={session} />
        </div>
      </aside>
      <Announce>{unread > 0 ? t("chat.new") : ""}</Announce>
    </div>
  );
}
