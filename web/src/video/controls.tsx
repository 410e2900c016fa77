// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AudioLines, MessageSquare, Mic, MicOff, Settings2, Video, VideoOff } from "lucide-preact";
import { formatNumber, t } from "@/i18n";
import { DevicePicker, permissionHelp } from "./device-picker";
import { Notice } from "@/ui/parts";
import type { LocalMedia } from "./local-media";
import type { Room } from "./room";

interface ControlProps {
  readonly label: string;
  readonly icon: ComponentChildren;
  readonly action?: string;
  readonly pressed?: boolean;
  readonly expanded?: boolean;
  readonly alarm?: boolean;
  readonly busy?: boolean;
  readonly badge?: number;
  readonly shortcut?: string | undefined;
  readonly onClick: () => void;
}

/** A round button with its word below it. */
export function Control({ label, icon, action, pressed, expanded, alarm = false, busy = false, badge = 0, shortcut, onClick }: ControlProps) {
  return (
    <button type="button" class={alarm ? "control alarm" : "control"} data-action={action} aria-pressed={pressed} aria-expanded={expanded} aria-keyshortcuts={shortcut} aria-disabled={busy ? "true" : undefined} onClick={onClick}>
      <span class="control-face">
        {busy ? <span class="spinner" aria-hidden="true" /> : icon}
        {badge > 0 && <span class="badge">{formatNumber(badge)}</span>}
        {shortcut !== undefined && <kbd aria-hidden="true">{shortcut}</kbd>}
      </span>
      <span class="control-word">{label}</span>
    </button>
  );
}

interface BarProps {
  readonly room: Room;
  readonly media: LocalMedia;
  readonly chatOpen: boolean;
  readonly unread: number;
  readonly keys?: boolean;
  readonly onChat: () => void;
  /** What is seldom needed, beside the choice of devices. */
  readonly more?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function ControlBar({ room, media, chatOpen, unread, keys = false, onChat, more, children }: BarProps) {
  const [settings, setSettings] = useState(false);
  const hears = media.choice.value.microphone && media.microphone.value !== null;
  const shows = media.choice.value.camera && media.camera.value !== null;
  const trouble = (["microphone", "camera"] as const).filter((kind) => media.choice.value[kind] && media.trouble.value[kind] !== null);
  return (
    <div class="bar">
      {trouble.length > 0 && (
        <Notice kind="warn" live>
          {trouble.map((kind) => (
            <p key={kind}>
              {t(`device.${kind}`)}: {t(`device.${media.trouble.value[kind] ?? "missing"}`)}{" "}
              {media.trouble.value[kind] === "denied" && permissionHelp()}
            </p>
          ))}
        </Notice>
      )}
      {settings && (
        <div class="bar-settings stack-s">
          <p class="strong">{t("visit.devices")}</p>
          <DevicePicker media={media} kind="camera" always />
          <DevicePicker media={media} kind="microphone" always />
          {more}
        </div>
      )}
      <div class="bar-buttons" role="toolbar" aria-label={t("visit.controls")}>
        <Control label={t(hears ? "visit.mute" : "visit.unmute")} action="mute" alarm={!hears} pressed={!hears} shortcut={keys ? "M" : undefined}
          icon={hears ? <Mic aria-hidden="true" /> : <MicOff aria-hidden="true" />} onClick={() => void media.set("microphone", !hears)} />
        <Control label={t(shows ? "visit.camera-off" : "visit.camera-on")} action="camera" alarm={!shows} pressed={!shows} shortcut={keys ? "V" : undefined}
          icon={shows ? <Video aria-hidden="true" /> : <VideoOff aria-hidden="true" />}
          onClick={() => room.setCamera(!shows)} />
        <Control label={t("visit.audio-only")} action="audio-only" pressed={room.audioOnly.value} icon={<AudioLines aria-hidden="true" />} onClick={() => room.setAudioOnly(!room.audioOnly.value)} />
        <Control label={t("visit.chat")} action="chat" expanded={chatOpen} badge={unread} shortcut={keys ? "C" : undefined} icon={<MessageSquare aria-hidden="true" />} onClick={onChat} />
        <Control label={t(more === undefined ? "visit.settings" : "visit.more")} action="devices" expanded={settings} icon={<Settings2 aria-hidden="true" />} onClick={() => setSettings(!settings)} />
        {children}
      </div>
    </div>
  );
}
