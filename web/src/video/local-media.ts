// SPDX-License-Identifier: Apache-2.0
/** One's own camera and microphone: which are on, which devices they are, and what is wrong with them. */
import { computed, signal } from "@preact/signals";
import { capture, listDevices, recallChoice, rememberChoice, stopStream, type Device, type MediaTrouble } from "@/platform/media";

type Kind = "camera" | "microphone";

export function createLocalMedia() {
  const choice = signal(recallChoice());
  const camera = signal<MediaStream | null>(null);
  const microphone = signal<MediaStream | null>(null);
  const trouble = signal<Readonly<Record<Kind, MediaTrouble | null>>>({ camera: null, microphone: null });
  const devices = signal<Readonly<Record<Kind | "speaker", readonly Device[]>>>({ camera: [], microphone: [], speaker: [] });
  const opening = signal(false);
  let closed = false;

  const slot = (kind: Kind) => (kind === "camera" ? camera : microphone);

  const open = async (kind: Kind): Promise<void> => {
    const deviceId = kind === "camera" ? choice.value.cameraId : choice.value.microphoneId;
    const got = await capture(kind, deviceId);
    if (closed) {
      if (got.ok) stopStream(got.stream);
      return;
    }
    stopStream(slot(kind).value);
    slot(kind).value = got.ok ? got.stream : null;
    trouble.value = { ...trouble.value, [kind]: got.ok ? null : got.trouble };
    if (got.ok) got.stream.getTracks().forEach((track) => (track.onended = () => (slot(kind).value = null)));
  };

  const shut = (kind: Kind): void => {
    stopStream(slot(kind).value);
    slot(kind).value = null;
  };

  const refreshDevices = async (): Promise<void> => {
    const [cameras, microphones, speakers] = await Promise.all(
      (["videoinput", "audioinput", "audiooutput"] as const).map((kind) => listDevices(kind)),
    );
    devices.value = { camera: cameras ?? [], microphone: microphones ?? [], speaker: speakers ?? [] };
  };

  return {
    choice, camera, microphone, trouble, devices, opening,
    tracks: computed(() => [...(microphone.value?.getTracks() ?? []), ...(camera.value?.getTracks() ?? [])]),

    /** Opens what is chosen to be on. Asks one after the other, so that the browser's questions do not overlap. */
    async start(): Promise<void> {
      closed = false;
      opening.value = true;
      if (choice.value.camera && camera.value === null) await open("camera");
      if (choice.value.microphone && microphone.value === null) await open("microphone");
      await refreshDevices();
      opening.value = false;
    },

    async set(kind: Kind, on: boolean): Promise<void> {
      choice.value = { ...choice.value, [kind]: on };
      rememberChoice(choice.value);
      if (kind === "microphone" && microphone.value !== null) {
        // Muted, not stopped: speaking again must not wait for the device.
        microphone.value.getTracks().forEach((track) => (track.enabled = on));
      } else if (on) await open(kind);
      else shut(kind);
    },

    async choose(kind: Kind, deviceId: string): Promise<void> {
      choice.value = kind === "camera" ? { ...choice.value, cameraId: deviceId } : { ...choice.value, microphoneId: deviceId };
      rememberChoice(choice.value);
      if (choice.value[kind]) await open(kind);
    },

    stop(): void {
      closed = true;
      shut("camera");
      shut("microphone");
    },
  };
}
export type LocalMedia = ReturnType<typeof createLocalMedia>;
