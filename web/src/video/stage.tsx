// SPDX-License-Identifier: Apache-2.0
/** The faces: everybody else fills the screen, one's own picture is small and can be moved out of the way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MicOff, VideoOff } from "lucide-preact";
import type { Visit } from "@/api/types";
import { t } from "@/i18n";
import { Avatar } from "@/ui/parts";
import { VideoView } from "@/ui/video-view";
import type { LocalMedia } from "./local-media";
import type { Room, Tile } from "./room";

export const nameIn = (visit: Visit, id: string): string => {
  const person = visit.participants.find((one) => one.id === id);
  return person?.displayName ?? t(`role.${person?.role ?? "observer"}`);
};

export function Stage({ room, visit, media }: { room: Room; visit: Visit; media: LocalMedia }) {
  const tiles = room.tiles.value;
  return (
    <div class="stage" data-count={tiles.length}>
      {tiles.length === 0 && <p class="stage-empty">{t("visit.nobody")}</p>}
      {tiles.map((tile) => (
        <PeerTile key={tile.id} tile={tile} visit={visit} />
      ))}
      <SelfView media={media} />
    </div>
  );
}

function PeerTile({ tile, visit }: { tile: Tile; visit: Visit }) {
  const name = nameIn(visit, tile.id);
  const role = visit.participants.find((one) => one.id === tile.id)?.role;
  const showsNothing = !tile.camera || tile.stream === null || tile.stream.getVideoTracks().length === 0;
  return (
    <figure class={showsNothing ? "tile dark" : "tile"}>
      {tile.stream !== null && <VideoView stream={tile.stream} peer={tile.id} label={t("visit.video-of", { name })} />}
      {showsNothing && (
        <div class="tile-cover">
          <Avatar name={name} />
        </div>
      )}
      {tile.state !== "connected" && (
        <div class="tile-cover veil" role="status">
          <span class="spinner large" aria-hidden="true" />
          <p>{t(tile.state === "connecting" ? "visit.connecting" : "visit.reconnecting-peer", { name })}</p>
        </div>
      )}
      <figcaption class="tile-name">
        {!tile.microphone && <MicOff size={16} role="img" aria-label={t("visit.is-muted")} />}
        {!tile.camera && <VideoOff size={16} role="img" aria-label={t("visit.camera-is-off")} />}
        <bdi>{name}</bdi>
        {role !== undefined && name !== t(`role.${role}`) && <span class="tile-role">{t(`role.${role}`)}</span>}
      </figcaption>
    </figure>
  );
}

type Corner = "top-start" | "top-end" | "bottom-start" | "bottom-end";
const corners: readonly Corner[] = ["top-end", "bottom-end", "bottom-start", "top-start"];

/** Dragged to any corner, or sent round them with Enter. */
function SelfView({ media }: { media: LocalMedia }) {
  const [corner, setCorner] = useState<Corner>("top-end");
  const box = useRef<HTMLButtonElement>(null);
  const dragged = useRef(false);
  useEffect(() => {
    const view = box.current;
    const room = view?.parentElement;
    if (view === null || view === undefined || room === null || room === undefined) return undefined;
    const drop = (event: PointerEvent): void => {
      const area = room.getBoundingClientRect();
      const isLeft = event.clientX < area.left + area.width / 2;
      const isStart = (getComputedStyle(view).direction === "rtl") !== isLeft;
      const moved = Math.hypot(event.clientX - start.x, event.clientY - start.y) > 12;
      dragged.current = moved;
      if (moved) setCorner(`${event.clientY < area.top + area.height / 2 ? "top" : "bottom"}-${isStart ? "start" : "end"}`);
    };
    const start = { x: 0, y: 0 };
    const grab = (event: PointerEvent): void => {
      start.x = event.clientX;
      start.y = event.clientY;
      view.setPointerCapture(event.pointerId);
    };
    view.addEventListener("pointerdown", grab);
    view.addEventListener("pointerup", drop);
    return () => {
      view.removeEventListener("pointerdown", grab);
      view.removeEventListener("pointerup", drop);
    };
  }, []);
  const next = (): void => {
    if (dragged.current) dragged.current = false;
    else setCorner(corners[(corners.indexOf(corner) + 1) % corners.length] ?? "top-end");
  };
  const stream = media.camera.value;
  return (
    <button ref={box} type="button" class={`self ${corner}`} onClick={next} aria-label={t("visit.move-self")}>
      {stream === null ? <VideoOff size={24} aria-hidden="true" /> : <VideoView stream={stream} muted mirrored label={t("visit.self")} />}
    </button>
  );
}
