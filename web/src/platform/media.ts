// SPDX-License-Identifier: Apache-2.0
/** Camera, microphone, speaker, screen and sound: everything the browser lends us of the device. */
import { recallJson, remember } from "./storage";
import { every, sleep, type Cancel } from "./timers";

export type MediaTrouble = "denied" | "missing" | "busy" | "unsupported";

export interface MediaChoice {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly cameraId?: string | undefined;
  readonly microphoneId?: string | undefined;
}

const CHOICE_KEY = "vcare.media";
const isChoice = (value: unknown): value is MediaChoice =>
  typeof value === "object" && value !== null && "camera" in value && "microphone" in value;

/** A camera switched off stays off after a reload. */
export const recallChoice = (): MediaChoice =>
  recallJson(CHOICE_KEY, isChoice) ?? { camera: true, microphone: true };
export const rememberChoice = (choice: MediaChoice): void => remember(CHOICE_KEY, JSON.stringify(choice));

export const hasMedia = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

/** Browsers inside other apps (social networks, web views) rarely lend a camera. On iOS only browsers call themselves Safari. */
export const isInsideAnotherApp = (agent = navigator.userAgent): boolean =>
  /FBAN|FBAV|Instagram|Line\/|Snapchat|MicroMessenger|TikTok|musical_ly|GSA\/|; wv\)/.test(agent) || /\((iPhone|iPad|iPod)[^)]*\) AppleWebKit(?!.*Safari\/)/.test(agent);

export type Capture = { readonly ok: true; readonly stream: MediaStream } | { readonly ok: false; readonly trouble: MediaTrouble };

export async function capture(kind: "camera" | "microphone", deviceId?: string): Promise<Capture> {
  if (!hasMedia()) return { ok: false, trouble: "unsupported" };
  const chosen = deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
  const constraints: MediaStreamConstraints =
    kind === "camera"
      ? { video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 }, facingMode: "user", ...chosen } }
      : { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...chosen } };
  try {
    return { ok: true, stream: await navigator.mediaDevices.getUserMedia(constraints) };
  } catch (error) {
    return { ok: false, trouble: troubleOf(error) };
  }
}

function troubleOf(error: unknown): MediaTrouble {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}

export const stopStream = (stream: MediaStream | null): void => stream?.getTracks().forEach((track) => track.stop());

export interface Device {
  readonly id: string;
  readonly label: string;
}

/** Labels are empty until the person has allowed the device once. */
export async function listDevices(kind: MediaDeviceKind): Promise<readonly Device[]> {
  if (!hasMedia()) return [];
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((one) => one.kind === kind && one.deviceId !== "").map((one) => ({ id: one.deviceId, label: one.label }));
}

let audio: AudioContext | null = null;

function audioContext(): AudioContext | null {
  if (typeof AudioContext === "undefined") return null;
  audio ??= new AudioContext();
  if (audio.state === "suspended") void audio.resume();
  return audio;
}

/** Browsers play sound only after a tap: call this from one. */
export const unlockSound = (): void => void audioContext();

/** Whether a sound would not be heard yet, because nobody has touched the page since it was loaded. */
export const isSoundLocked = (): boolean =>
  typeof AudioContext !== "undefined" && "userActivation" in navigator && !navigator.userActivation.hasBeenActive;

/** Unlocks sound at the first touch or key, and tells of it. */
export function onSoundUnlocked(run: () => void): Cancel {
  const kinds = ["pointerup", "keydown"];
  const stop = (): void => kinds.forEach((kind) => document.removeEventListener(kind, touched, true));
  const touched = (): void => {
    if (isSoundLocked()) return; // Some keys, such as Escape, count for nothing.
    unlockSound();
    stop();
    run();
  };
  kinds.forEach((kind) => document.addEventListener(kind, touched, true));
  return stop;
}

const WAKING_MS = 1_000;

/** Sound that can be heard. It takes a moment to start after the first tap, and without one it never does. */
async function runningAudio(): Promise<AudioContext | null> {
  const context = audioContext();
  if (context !== null && context.state !== "running") await Promise.race([context.resume().catch(() => undefined), sleep(WAKING_MS)]);
  return context?.state === "running" ? context : null;
}

/** Two soft rising tones. Resolves when they have begun, false where there is no sound. */
export async function chime(): Promise<boolean> {
  const context = await runningAudio();
  if (context === null) return false;
  const start = context.currentTime + 0.02;
  for (const [index, hertz] of [523.25, 783.99].entries()) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const at = start + index * 0.18;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.55);
  }
  return true;
}

/** Calls back about twelve times a second with the loudness of the stream, 0 to 1. */
export function meterOf(stream: MediaStream, onLevel: (level: number) => void): Cancel {
  const context = audioContext();
  if (context === null || stream.getAudioTracks().length === 0) return () => undefined;
  const source = context.createMediaStreamSource(stream);
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const stop = every(80, () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    onLevel(Math.min(1, Math.sqrt(power) * 4));
  });
  return () => {
    stop();
    source.disconnect();
  };
}

/** Keeps the screen on until cancelled, asking again when the page is shown again. */
export function keepAwake(): Cancel {
  let lock: WakeLockSentinel | null = null;
  let over = false;
  const ask = async (): Promise<void> => {
    if (over || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    try {
      lock = await navigator.wakeLock.request("screen");
      if (over) void lock.release();
    } catch {
      lock = null; // Refused when the battery is low: the room works without.
    }
  };
  const asked = (): void => void ask();
  document.addEventListener("visibilitychange", asked);
  asked();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", asked);
    void lock?.release();
  };
}
