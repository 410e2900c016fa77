// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { Volume2 } from "lucide-preact";
import { t } from "@/i18n";
import { isSoundLocked, onSoundUnlocked } from "@/platform/media";
import { Button } from "./parts";

/**
 * There only while the browser would swallow the sound that somebody relies on, as after a reload. Any touch of the
 * page unlocks it; this button is what to touch.
 */
export function SoundUnlock() {
  const [locked, setLocked] = useState(isSoundLocked);
  useEffect(() => onSoundUnlocked(() => setLocked(false)), []);
  if (!locked) return null;
  return (
    <Button compact data-action="sound">
      <Volume2 size={16} aria-hidden="true" />
      {t("sound.unlock")}
    </Button>
  );
}
