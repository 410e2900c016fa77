// SPDX-License-Identifier: Apache-2.0
/** What to do about a weak connection: first said, then done, and offered back when it is better. */
import { useEffect, useState } from "preact/hooks";
import type { Mode } from "@/api/types";
import { t, tn } from "@/i18n";
import { every, now } from "@/platform/timers";
import { Button, Notice } from "@/ui/parts";
import type { Room } from "./room";

const GRACE_SECONDS = 10;
const QUIET_MS = 120_000;

export function AdviceBanner({ room, mode, children }: { room: Room; mode: Mode; children?: preact.ComponentChildren }) {
  const advice = room.advice.value;
  const [quietUntil, setQuietUntil] = useState(0);
  const quiet = now() < quietUntil;
  if (mode === "phone" || mode === "async_text") {
    return (
      <Notice live>
        <p class="strong">{t(`mode.${mode}`)}</p>
        <p>{t(`mode.${mode}-text`)}</p>
      </Notice>
    );
  }
  if (advice === "async_text") {
    return (
      <Notice kind="warn" live>
        <p>{t("advice.very-weak")}</p>
        {children}
      </Notice>
    );
  }
  if (advice === "audio_only" && !room.audioOnly.value && !quiet) {
    return <GoingQuiet room={room} onKeep={() => setQuietUntil(now() + QUIET_MS)} />;
  }
  if (advice === "video" && room.audioOnly.value && mode === "video") {
    return (
      <Notice kind="good" live>
        <p>{t("advice.better")}</p>
        <div class="row">
          <Button compact onClick={() => room.setAudioOnly(false)}>
            {t("visit.camera-on")}
          </Button>
        </div>
      </Notice>
    );
  }
  return null;
}

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
        <Button compact look="primary" onClick={() => room.setAudioOnly(true)}>
          {t("advice.off-now")}
        </Button>
        <Button compact onClick={onKeep}>
          {t("advice.keep")}
        </Button>
      </div>
    </Notice>
  );
}
