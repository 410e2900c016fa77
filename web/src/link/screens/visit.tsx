// SPDX-License-Identifier: Apache-2.0
/** The visit. This module and what it needs are loaded while the patient waits. */
import { useEffect, useRef, useState } from "preact/hooks";
import { LogOut } from "lucide-preact";
import { t } from "@/i18n";
import { after, type Cancel } from "@/platform/timers";
import { Announce, ConnectionTag, Heading, Notice } from "@/ui/parts";
import { AdviceBanner } from "@/video/advice";
import { Chat, useUnread } from "@/video/chat";
import { Control, ControlBar } from "@/video/controls";
import type { LocalMedia } from "@/video/local-media";
import { Stage } from "@/video/stage";
import { useRoom } from "@/video/use-room";
import { WhatIsOn } from "@/video/what-is-on";
import "@/video/video.css";
import type { LinkApp } from "../app";
import { clinicName } from "../frame";
import { problemText } from "../problems";
import type { On } from "../state";
import { Where } from "../where";
import { Withdraw } from "../withdraw";

const HIDE_MS = 5_000;

export default function VisitScreen({ state, app, media }: { state: On<"visit">; app: LinkApp; media: LocalMedia }) {
  const { seat } = state;
  const { visit } = seat;
  const { room, problem } = useRoom({ self: seat.participantId, calls: app.seatCalls(seat.participantId), media, wire: app.wire, visit });
  const [chatOpen, setChatOpen] = useState(false);
  const unread = useUnread(room, chatOpen);
  const screen = useRef<HTMLElement>(null);
  const calm = useCalm(screen);
  const isPatient = visit.participant.role === "patient";

  return (
    <main class={`visit${calm && !chatOpen ? " calm" : ""}`} data-screen="visit" ref={screen}>
      <div class="visit-head">
        <div class="grow">
          <Heading>{clinicName(visit.branding)}</Heading>
          <WhatIsOn room={room} visit={visit} />
        </div>
        {room !== null && room.quality.value !== "unknown" && <ConnectionTag quality={room.quality.value} />}
      </div>
      <div class="visit-body">
        {room === null ? (
          <p class="stage stage-empty" role="status">
            {problem === null ? t("visit.opening") : problemText(problem)}
          </p>
        ) : (
          <Stage room={room} visit={visit} media={media} />
        )}
        {room !== null && chatOpen && <Chat room={room} visit={visit} onClose={() => setChatOpen(false)} />}
      </div>
      <div class="visit-notices">
        {!seat.connected && (
          <Notice kind="warn" live>
            <p>{t("visit.reconnecting")}</p>
          </Notice>
        )}
        {room !== null && (
          <AdviceBanner room={room} mode={visit.session.mode}>
            {isPatient && <Where seat={seat} app={app} />}
          </AdviceBanner>
        )}
        {state.problem !== null && (
          <Notice kind="bad" live>
            <p>{problemText(state.problem)}</p>
          </Notice>
        )}
      </div>
      {room !== null && (
        <ControlBar room={room} media={media} chatOpen={chatOpen} unread={unread} onChat={() => setChatOpen(!chatOpen)} {...(isPatient ? { more: <Withdraw seat={seat} app={app} /> } : {})}>
          <Control label={t("visit.leave")} action="leave" alarm busy={state.leaving} icon={<LogOut class="turns" aria-hidden="true" />} onClick={() => app.send({ type: "leave" })} />
        </ControlBar>
      )}
      <Announce>{unread > 0 ? t("chat.new") : ""}</Announce>
    </main>
  );
}

/** True when nobody has touched anything for a while: the controls step back. A tap only brings them back. */
function useCalm(screen: { current: HTMLElement | null }): boolean {
  const [calm, setCalm] = useState(false);
  useEffect(() => {
    const element = screen.current;
    if (element === null) return undefined;
    let timer: Cancel | null = null;
    const stir = (): void => {
      timer?.();
      setCalm(false);
      timer = after(HIDE_MS, () => setCalm(!element.matches(":has(.bar :focus-visible, .bar-settings)")));
    };
    const tap = (event: Event): void => {
      const wasCalm = element.classList.contains("calm");
      stir();
      if (wasCalm && event instanceof PointerEvent && event.pointerType === "touch") swallowNextClick(element);
    };
    stir();
    element.addEventListener("pointerdown", tap, true);
    for (const kind of ["pointermove", "keydown", "focusin"]) element.addEventListener(kind, stir);
    return () => {
      timer?.();
      element.removeEventListener("pointerdown", tap, true);
      for (const kind of ["pointermove", "keydown", "focusin"]) element.removeEventListener(kind, stir);
    };
  }, [screen]);
  return calm;
}

function swallowNextClick(element: HTMLElement): void {
  const swallow = (event: Event): void => {
    event.stopPropagation();
    event.preventDefault();
  };
  element.addEventListener("click", swallow, { capture: true, once: true });
  after(400, () => element.removeEventListener("click", swallow, true));
}
