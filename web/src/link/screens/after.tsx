// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { HeartHandshake, Star, UserX } from "lucide-preact";
import { t, tn } from "@/i18n";
import { Button, Heading, Notice } from "@/ui/parts";
import type { LinkApp } from "../app";
import { ContactClinic } from "../contact";
import { Actions } from "../frame";
import { AskNewLink, NewLinkNotice } from "../new-link";
import type { On } from "../state";

export function AfterScreen({ state, app }: { state: On<"after">; app: LinkApp }) {
  const { participant, branding } = state.seat.visit;
  const [rating, setRating] = useState<number | null>(null);
  const withdrawn = state.farewell === "consent_withdrawn";
  const left = state.farewell === "left";
  const others = withdrawn && participant.role !== "patient";
  return (
    <div class="stack">
      <HeartHandshake size={40} class="emblem" aria-hidden="true" />
      <Heading>{t(`after.title-${state.farewell}`)}</Heading>
      <p>{t(others ? "after.next-consent_withdrawn-other" : `after.next-${state.farewell}`)}</p>
      <p class="muted">{t("after.close")}</p>
      {state.thanked ? (
        <Notice kind="good" live>
          <p>{t("after.thanks")}</p>
        </Notice>
      ) : (
        !withdrawn && <Rating state={state} app={app} rating={rating} onRate={setRating} />
      )}
      {left && <NewLinkNotice newLink={state.newLink} />}
      <Actions still>
        {/* Whoever is about to send a rating has that to press first. */}
        {left && <AskNewLink newLink={state.newLink} app={app} main={rating === null || state.thanked} />}
        {participant.role === "patient" && state.farewell !== "ended" && <ContactClinic contact={branding.supportContact} primary={withdrawn} />}
      </Actions>
    </div>
  );
}

const marks = [1, 2, 3, 4, 5] as const;

interface RatingProps {
  readonly state: On<"after">;
  readonly app: LinkApp;
  readonly rating: number | null;
  readonly onRate: (mark: number) => void;
}

function Rating({ state, app, rating, onRate }: RatingProps) {
  const [comment, setComment] = useState("");
  const [stage, setStage] = useState<"open" | "sending" | "failed">("open");
  const send = async (): Promise<void> => {
    if (rating === null) return;
    setStage("sending");
    const answer = await app.seatCalls(state.seat.participantId).feedback(rating, comment.trim());
    if (answer.ok) app.send({ type: "rated" });
    else setStage("failed");
  };
  return (
    <div class="card stack">
      <fieldset class="stack-s">
        <legend class="strong">{t("after.rate")}</legend>
        <div class="stars">
          {marks.map((mark) => (
            <label key={mark} class={rating !== null && mark <= rating ? "star on" : "star"}>
              <input type="radio" name="rating" value={mark} class="visually-hidden" checked={rating === mark} onChange={() => onRate(mark)} />
              <Star size={32} aria-hidden="true" />
              <span class="visually-hidden">{tn("after.stars", mark)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {rating !== null && (
        <label class="field">
          <span>{t("after.comment")}</span>
          <textarea rows={3} maxLength={2000} dir="auto" value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
        </label>
      )}
      {stage === "failed" && (
        <Notice kind="bad" live>
          <p>{t("problem.offline")}</p>
        </Notice>
      )}
      {rating !== null && (
        <Actions>
          <Button data-primary look="primary" wide busy={stage === "sending"} onClick={() => void send()}>
            {t("after.send")}
          </Button>
        </Actions>
      )}
    </div>
  );
}

export function RemovedScreen({ state }: { state: On<"removed"> }) {
  return (
    <div class="stack">
      <UserX size={40} class="emblem" aria-hidden="true" />
      <Heading>{t("removed.title")}</Heading>
      <p>{t("removed.text")}</p>
      <Actions>
        <ContactClinic contact={state.branding.supportContact} primary />
      </Actions>
    </div>
  );
}
