// SPDX-License-Identifier: Apache-2.0
import { t } from "@/i18n";
import type { LocalMedia } from "./local-media";

/** A menu of cameras or microphones, where there is more than one to choose from. */
export function DevicePicker({ media, kind, always = false }: { media: LocalMedia; kind: "camera" | "microphone"; always?: boolean }) {
  const devices = media.devices.value[kind];
  if (devices.length < (always ? 1 : 2)) return null;
  const current = media[kind].value?.getTracks()[0]?.getSettings().deviceId;
  return (
    <select aria-label={t(`device.choose-${kind}`)} value={current} onChange={(event) => void media.choose(kind, event.currentTarget.value)}>
      {devices.map((device, index) => (
        <option key={device.id} value={device.id}>
          {device.label || t("device.nameless", { number: index + 1 })}
        </option>
      ))}
    </select>
  );
}

/** Where this browser hides the switch for camera and microphone. */
export function permissionHelp(agent = navigator.userAgent): string {
  if (/iPhone|iPad/.test(agent)) return t("permission.ios");
  if (/Android/.test(agent)) return t("permission.android");
  if (/Firefox/.test(agent)) return t("permission.firefox");
  if (/Safari/.test(agent) && !/Chrom/.test(agent)) return t("permission.safari");
  return t("permission.chromium");
}
