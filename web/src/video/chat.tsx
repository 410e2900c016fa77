// SPDX-License-Identifier: Apache-2.0
/** The chat beside the video. It goes from browser to browser and is gone with the visit. */
import { useEffect, useRef, useState } from "preact/hooks";
import { SendHorizontal, X } from "lucide-preact";
import type { Visit } from "@/api/types";
import { formatTime, t } from "@/i18n";
import { Button } from "@/ui/parts";
import type { Room } from "./room";
import { nameIn } from "./stage";

export function Chat({ room, visit, onClose }: { room: Room; visit: Visit; onClose: () => void }) {
  const [text, setText] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const messages = room.chat.value;
  useEffect(() => field.current?.focus(), []);
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [messages]);
  const send = (event: Event): void => {
    event.preventDefault();
    room.say(text);
    setText("");
  };
  return (
    <section class="chat" aria-label={t("visit.chat")} onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <div class="row chat-head">
        <h2 class="grow check-title">{t("visit.chat")}</h2>
        <button type="button" class="icon-button" aria-label={t("chat.close")} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </div>
      <div class="chat-list" role="log" aria-live="polite" tabIndex={0} aria-label={t("chat.messages")}>
        {messages.length === 0 && <p class="muted small">{t("chat.empty")}</p>}
        {messages.map((message) => (
          <div key={message.from + message.id} class={message.from === room.self ? "bubble own" : "bubble"}>
            <p class="small muted">
              <bdi>{message.from === room.self ? t("chat.you") : nameIn(visit, message.from)}</bdi> · {formatTime(message.at)}
            </p>
            <p dir="auto">{message.text}</p>
          </div>
        ))}
        <div ref={end} />
      </div>
      <form class="row chat-form" onSubmit={send}>
        <input ref={field} class="grow" aria-label={t("chat.write")} placeholder={t("chat.write")} maxLength={2000} dir="auto" autocomplete="off" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <Button submit look="primary">
          <SendHorizontal size={20} class="turns" aria-hidden="true" />
          {t("chat.send")}
        </Button>
      </form>
    </section>
  );
}

/** How many messages came while the chat was closed. */
export function useUnread(room: Room | null, open: boolean): number {
  const [seen, setSeen] = useState(0);
  const count = room?.chat.value.filter((message) => message.from !== room.self).length ?? 0;
  useEffect(() => {
    if (open) setSeen(count);
  }, [open, count]);
  return open ? 0 : Math.max(0, count - seen);
}
