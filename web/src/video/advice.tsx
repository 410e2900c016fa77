// SPDX-License-Identifier: Apache-2.0
/** What to do about a weak connection: first said, then done, and offered back when it is better. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Mode } from "@/api/types";
import { t, tn } from "@/i18n";
import { after, every } from "@/platform/timers";
import { Button, Notice } from "@/ui/parts";
import { wordFor, type Situation } from "./fallback";
import type { Room } from "./room";

const GRACE_SECONDS = 10;
const KEEP_MS = 120_000;

interface Props {
  readonly room: Room;
  readonly mode: Mode;
  /** Given to those who may change the mode for everybody. */
  readonly onMode?: (mode: Mode) => void;
  /** What this person can do where video and sound do not get through. */
  readonly children?: ComponentChildren;
}

export function AdviceBanner({ room, mode, onMode, children }: Props) {
  const [keepsVideo, setKeepsVideo] = useState(false);
  useEffect(() => (keepsVideo ? after(KEEP_MS, () => setKeepsVideo(false)) : undefined), [keepsVideo]);
  const videoIsBack = useFollowedMode(room, mode);
  const situation: Situation = {
    advice: room.advice.value, mode, audioOnly: room.audioOnly.value, decides: onMode !== undefined, videoIsBack, keepsVideo,
  };
  const word = wordFor(situation);
  const takeBack = (forAll: boolean): void => {
    if (forAll) onMode?.("video");
    room.setCamera(true); // By one's own hand: who brings the visit back to video is seen, and wants to see.
  };
  switch (word?.say) {
    case undefined:
      return null;
    case "by-other-means":
      return (
        <Notice live>
          <p class="strong">{t(`mode.${word.mode}`)}</p>
          <p>{t(`mode.${word.mode}-text`)}</p>
          {onMode === undefined && children}
        </Notice>
      );
    case "offer-other-means":
      return (
        <Notice kind="warn" live>
          <p>{t("advice.very-weak")}</p>
          {onMode !== undefined && <OtherMeans onMode={onMode} />}
          {children}
        </Notice>
      );
    case "going-quiet":
      return <GoingQuiet room={room} onKeep={() => setKeepsVideo(true)} />;
    case "offer-video":
      return (
        <Notice kind="good" live>
          <p>{t(word.because === "better" ? "advice.better" : "advice.video-is-back")}</p>
          <div class="row">
            <Button compact look="primary" data-action="video-again" onClick={() => takeBack(word.forAll)}>
              {t(word.forAll ? "advice.video-for-all" : "visit.camera-on")}
            </Button>
          </div>
        </Notice>
      );
  }
}

/** A visit on sound only takes this page along. Back on video it is only offered: nobody's camera is turned on for them. */
function useFollowedMode(room: Room, mode: Mode): boolean {
  const before = useRef(mode);
  const [videoIsBack, setVideoIsBack] = useState(false);
  useEffect(() => {
    if (mode !== "video") room.setAudioOnly(true);
    setVideoIsBack(mode === "video" && before.current !== "video");
    before.current = mode;
  }, [room, mode]);
  return videoIsBack;
}

const OtherMeans = ({ onMode }: { onMode: (mode: Mode) => void }) => (
  <div class="row">
    {(["phone", "async_text"] as const).map((mode) => (
      <Button key={mode} compact data-action={`go-on-${mode}`} onClick={() => onMode(mode)}>
        {t(`mode.short-${mode}`)}
      </Button>
    ))}
  </div>
);

function GoingQuiet({ room, onKeep }: { room: Room; onKeep: () => void }) {
  const [left, setLeft] = useState(GRACE_SECONDS);
  useEffect(() => every(1000, () => setLeft((seconds) => seconds - 1)), []);
  useEffect(() => {
    if (left <= 0) room.setAudioOnly(true);
  }, [left, room]);
  return (
    <Notice kind="warn" live>
      <p>{t("advice.weak")}</p>
      <p class="small" aria-hidden="true">
        {tn("advice.in-seconds", Math.max(0, left))}
      </p>
      <div class="row">
        <Button compact look="primary" data-action="video-off-now" onClick={() => room.setAudioOnly(true)}>
          {t("advice.off-now")}
        </Button>
        <Button compact data-action="keep-video" onClick={onKeep}>
          {t("advice.keep")}
        </Button>
      </div>
    </Notice>
  );
}
