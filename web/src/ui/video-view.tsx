// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef } from "preact/hooks";

interface Props {
  readonly stream: MediaStream;
  readonly label: string;
  readonly muted?: boolean;
  readonly mirrored?: boolean;
  readonly peer?: string;
}

/** Plays a live stream. A browser that refuses to start with sound gets another try at the next tap. */
export function VideoView({ stream, label, muted = false, mirrored = false, peer }: Props) {
  const view = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = view.current;
    if (video === null) return undefined;
    if (video.srcObject !== stream) video.srcObject = stream;
    const play = (): void => void video.play().catch(() => document.addEventListener("pointerdown", play, { once: true }));
    play();
    return () => document.removeEventListener("pointerdown", play);
  }, [stream]);
  return <video ref={view} class={mirrored ? "mirrored" : undefined} autoplay playsInline muted={muted} aria-label={label} data-peer={peer} />;
}
