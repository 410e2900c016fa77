// SPDX-License-Identifier: Apache-2.0
/** Ending a visit, going on by other means, notes, and what became of the Encounter. */
import { useEffect, useRef, useState } from "preact/hooks";
import { signal, type Signal } from "@preact/signals";
import { Check, ClipboardCheck, Copy, PhoneOff, RotateCw } from "lucide-preact";
import type { Mode, Session } from "@/api/types";
import { formatTime, t } from "@/i18n";
import { copyText } from "@/platform/clipboard";
import { after, every } from "@/platform/timers";
import { Button, Notice } from "@/ui/parts";
import type { Clinic } from "./clinic";
import type { Seat } from "./seat";
import { isOver } from "./words";

/** Asks once more in place; `asking` is outside, so that a key can open it too. */
export function EndVisit({ session, seat, asking, inside = false }: { session: Session; seat: Seat; asking: Signal<boolean>; inside?: boolean }) {
  if (session.status !== "waiting" && session.status !== "active") return null;
  if (!asking.value) {
    return (
      <Button compact={inside} look={inside ? "danger" : "plain"} data-action="end" onClick={() => (asking.value = true)}>
        <PhoneOff size={16} aria-hidden="true" />
        {t("staff.end")}
        <kbd aria-hidden="true">E</kbd>
      </Button>
    );
  }
  return <ConfirmEnd session={session} seat={seat} asking={asking} />;
}

function ConfirmEnd({ session, seat, asking }: { session: Session; seat: Seat; asking: Signal<boolean> }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  const end = async (): Promise<void> => {
    await seat.end(session.id);
    asking.value = false;
  };
  return (
    <div ref={box} class="row confirm" role="group" aria-label={t("staff.end-sure")} onKeyDown={(event) => event.key === "Escape" && (asking.value = false)}>
      <span class="small strong-s">{t("staff.end-sure")}</span>
      <Button compact look="danger" data-action="confirm-end" busy={seat.busy.value.has("end")} onClick={() => void end()}>
        {t("staff.end-yes")}
      </Button>
      <Button compact onClick={() => (asking.value = false)}>
        {t("action.cancel")}
      </Button>
    </div>
  );
}

const modes: readonly Mode[] = ["video", "audio_only", "phone", "async_text"];
const reasons = ["weak_connection", "device_trouble", "patient_wish"] as const;

export function Fallback({ session, seat }: { session: Session; seat: Seat }) {
  const [reason, setReason] = useState<string>(reasons[0]);
  if (session.status !== "active") return null;
  return (
    <section class="stack-s" aria-labelledby="mode-title">
      <h2 id="mode-title" class="check-title">{t("staff.mode")}</h2>
      <div class="segments" role="group" aria-labelledby="mode-title">
        {modes.map((mode) => (
          <button key={mode} type="button" data-mode={mode} aria-pressed={session.mode === mode} aria-busy={seat.busy.value.has(`fallback:${mode}`)} onClick={() => session.mode !== mode && void seat.fallback(session.id, mode, reason)}>
            {t(`mode.short-${mode}`)}
          </button>
        ))}
      </div>
      <label class="field">
        <span>{t("staff.mode-reason")}</span>
        <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
          {reasons.map((one) => (
            <option key={one} value={one}>
              {t(`reason.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}

const notes = signal<Readonly<Record<string, string>>>({});

/** For oneself: in this tab's memory, sent nowhere, gone with the tab. */
export function Notes({ session }: { session: Session }) {
  const [copied, setCopied] = useState(false);
  const text = notes.value[session.id] ?? "";
  const write = (value: string): void => {
    setCopied(false);
    notes.value = { ...notes.value, [session.id]: value };
  };
  return (
    <section class="stack-s">
      <label class="field">
        <span>{t("staff.notes")}</span>
        <textarea rows={6} dir="auto" data-notes value={text} onInput={(event) => write(event.currentTarget.value)} />
      </label>
      <p class="small muted">{t("staff.notes-where")}</p>
      {text !== "" && (
        <div class="row">
          <Button compact onClick={() => void copyText(text).then(setCopied)}>
            {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
            {t(copied ? "staff.copied" : "staff.notes-copy")}
          </Button>
        </div>
      )}
    </section>
  );
}

const LOOK_MS = 2_000;
/** As long as a record that works takes; after it the button may be pressed again. */
const ASKED_MS = 5_000;

/** Watched until the Encounter is in the record: nobody should have to wonder. */
export function EncounterStatus({ session, clinic }: { session: Session; clinic: Clinic }) {
  const owed = session.actualStart !== undefined && isOver(session);
  const paid = session.encounterId !== null;
  useEffect(() => (owed && !paid ? every(LOOK_MS, () => void clinic.load(session.id)) : undefined), [owed, paid, session.id, clinic]);
  if (!owed) return null;
  return (
    <Notice kind={paid ? "good" : "info"} live>
      <p class="strong-s">
        <ClipboardCheck size={16} aria-hidden="true" /> {t(paid ? "encounter.paid" : "encounter.owed")}
      </p>
      {paid && (
        <p class="small" data-encounter={session.encounterId}>
          {t("encounter.id")} <code dir="ltr">{session.encounterId}</code>
        </p>
      )}
      {!paid && (
        <p class="small">
          {t("encounter.session")} <code dir="ltr">{session.id}</code>
        </p>
      )}
      {session.actualEnd !== undefined && <p class="small muted">{t("encounter.ended-at", { time: formatTime(session.actualEnd) })}</p>}
    </Notice>
  );
}

/** One click, and the service tries the record again at once; how it went is seen where the visit is listed. */
export function RetryEncounter({ session, clinic }: { session: Session; clinic: Clinic }) {
  const [state, setState] = useState<"idle" | "asking" | "asked" | "refused">("idle");
  const retry = async (): Promise<void> => {
    setState("asking");
    setState((await clinic.retryEncounter(session.id)) === null ? "asked" : "refused");
  };
  useEffect(() => (state === "asked" ? after(ASKED_MS, () => setState("idle")) : undefined), [state]);
  return (
    <>
      <Button compact data-action="retry-encounter" busy={state === "asking" || state === "asked"} onClick={() => void retry()}>
        {state === "idle" && <RotateCw size={16} aria-hidden="true" />}
        {t(state === "asked" ? "encounter.retrying" : "encounter.retry")}
      </Button>
      <span class="small" role="status">
        {state === "refused" && t("encounter.retry-failed")}
      </span>
    </>
  );
}
