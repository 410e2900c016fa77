// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo } from "preact/hooks";
import { Camera, Mic, Volume2, Wifi } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { formatNumber, t } from "@/i18n";
import { hasMedia, isInsideAnotherApp, unlockSound } from "@/platform/media";
import { Button, Heading, Notice } from "@/ui/parts";
import { DevicePicker, permissionHelp } from "@/video/device-picker";
import { VideoView } from "@/ui/video-view";
import type { LocalMedia } from "@/video/local-media";
import type { LinkApp } from "../app";
import { createDeviceCheck, type DeviceCheckModel } from "../device-check";
import { Actions } from "../frame";
import { problemText } from "../problems";
import type { On } from "../state";
import { OtherBrowser } from "./who";

type Props = { readonly state: On<"device">; readonly app: LinkApp; readonly media: LocalMedia };

export function DeviceScreen({ state, app, media }: Props) {
  const check = useMemo(() => (app.link === null ? null : createDeviceCheck(app.link, media)), [app, media]);
  useEffect(() => {
    void media.start();
    void check?.measure();
    return () => check?.stop();
  }, [check, media]);
  const microphone = media.microphone.value;
  useEffect(() => check?.meter(), [check, microphone]);
  if (check === null) return null;

  const join = (): void => {
    unlockSound();
    app.reportDevices(check.result());
    app.send({ type: "next" });
  };

  return (
    <div class="stack">
      <Heading>{t("device.title")}</Heading>
      {(isInsideAnotherApp() || !hasMedia()) && <OtherBrowser />}
      <div class="device">
        <Preview media={media} />
        <div class="stack-s checks">
          <CameraRow media={media} />
          <MicrophoneRow media={media} check={check} />
          <SpeakerRow check={check} />
          <NetworkRow check={check} />
        </div>
      </div>
      {state.problem !== null && (
        <Notice kind="bad" live>
          <p>{problemText(state.problem)}</p>
        </Notice>
      )}
      <Actions>
        <Button data-primary data-action="join" look="primary" wide busy={state.joining} onClick={join}>
          {t(media.opening.value || isReady(media) ? "device.join" : "device.join-without")}
        </Button>
        <div class="pair">
          <SoundOnly media={media} />
          <Button look="quiet" onClick={() => app.send({ type: "back" })}>
            {t("action.back")}
          </Button>
        </div>
      </Actions>
    </div>
  );
}

const isReady = (media: LocalMedia): boolean => media.microphone.value !== null || media.camera.value !== null;

function SoundOnly({ media }: { media: LocalMedia }) {
  const on = media.choice.value.camera;
  return (
    <Button data-action="audio-only" aria-pressed={!on} onClick={() => void media.set("camera", !on)}>
      {t(on ? "device.sound-only" : "device.with-camera")}
    </Button>
  );
}

function Preview({ media }: { media: LocalMedia }) {
  const stream = media.camera.value;
  return (
    <div class="preview">
      {stream === null ? (
        <p class="preview-empty">
          <Camera size={28} aria-hidden="true" />
          {t(!media.choice.value.camera ? "device.camera-off" : media.opening.value ? "device.camera-opening" : "device.camera-none")}
        </p>
      ) : (
        <VideoView stream={stream} mirrored muted label={t("device.preview")} />
      )}
    </div>
  );
}

function Row({ icon, title, state, children }: { icon: ComponentChildren; title: string; state: string; children?: ComponentChildren }) {
  return (
    <section class="check">
      {icon}
      <div class="stack-s grow">
        <div class="row">
          <h2 class="grow check-title">{title}</h2>
          <span class="small muted" role="status">
            {state}
          </span>
        </div>
        {children}
      </div>
    </section>
  );
}

function troubleOf(media: LocalMedia, kind: "camera" | "microphone") {
  const trouble = media.choice.value[kind] ? media.trouble.value[kind] : null;
  if (trouble === null) return null;
  return (
    <div class="stack-s">
      <p class="small">{t(`device.${trouble}`)}</p>
      {trouble === "denied" && <p class="small">{permissionHelp()}</p>}
      <div class="row">
        <Button compact onClick={() => void media.set(kind, true)}>
          {t("action.try-again")}
        </Button>
      </div>
    </div>
  );
}

function CameraRow({ media }: { media: LocalMedia }) {
  const works = media.camera.value !== null;
  const off = !media.choice.value.camera;
  return (
    <Row icon={<Camera size={20} aria-hidden="true" />} title={t("device.camera")} state={t(off ? "device.off" : works ? "device.works" : media.opening.value ? "device.asking" : "device.problem")}>
      {works && <DevicePicker media={media} kind="camera" />}
      {troubleOf(media, "camera")}
    </Row>
  );
}

function MicrophoneRow({ media, check }: { media: LocalMedia; check: DeviceCheckModel }) {
  const works = media.microphone.value !== null;
  const heard = check.heardVoice.value;
  const state = works ? (heard ? "device.works" : "device.say-something") : media.opening.value ? "device.asking" : "device.problem";
  return (
    <Row icon={<Mic size={20} aria-hidden="true" />} title={t("device.microphone")} state={t(state)}>
      {works && (
        <meter class="level" min={0} max={1} value={check.level.value} aria-label={t("device.level")}>
          {formatNumber(check.level.value * 100)}
        </meter>
      )}
      {works && <DevicePicker media={media} kind="microphone" />}
      {troubleOf(media, "microphone")}
    </Row>
  );
}

function SpeakerRow({ check }: { check: DeviceCheckModel }) {
  const { speaker } = check;
  const asking = speaker.value === "skipped";
  const words = { untried: "device.not-tried", playing: "device.playing", skipped: "device.did-you-hear", ok: "device.works", failed: "device.problem" } as const;
  return (
    <Row icon={<Volume2 size={20} aria-hidden="true" />} title={t("device.speaker")} state={t(words[speaker.value])}>
      <div class="row">
        {asking && (
          <>
            <Button compact onClick={() => (speaker.value = "ok")}>
              {t("device.heard")}
            </Button>
            <Button compact onClick={() => (speaker.value = "failed")}>
              {t("device.not-heard")}
            </Button>
          </>
        )}
        <Button compact look={asking ? "quiet" : "plain"} busy={speaker.value === "playing"} onClick={() => void check.testSpeaker()}>
          {t(asking ? "device.again" : "device.play")}
        </Button>
      </div>
      {speaker.value === "failed" && <p class="small">{t("device.speaker-help")}</p>}
    </Row>
  );
}

function NetworkRow({ check }: { check: DeviceCheckModel }) {
  const network = check.network.value;
  const state = network.state === "measuring" ? t("device.measuring") : network.state === "failed" ? t("device.problem") : t(`network.${network.verdict}`);
  return (
    <Row icon={<Wifi size={20} aria-hidden="true" />} title={t("device.network")} state={state}>
      {network.state === "done" && (
        <p class="small muted">
          {t("network.figures", { rtt: network.result.rttMs, loss: network.result.lossPct, kbps: network.result.kbps })}
        </p>
      )}
      {network.state === "done" && network.verdict === "poor" && <p class="small">{t("network.poor-help")}</p>}
      {network.state === "failed" && (
        <div class="row">
          <Button compact onClick={() => void check.measure()}>
            {t("action.try-again")}
          </Button>
        </div>
      )}
    </Row>
  );
}
