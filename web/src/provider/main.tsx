// SPDX-License-Identifier: Apache-2.0
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Keyboard, LogOut, Plus } from "lucide-preact";
import { chooseLanguage, formatNumber, language, setLanguage, t } from "@/i18n";
import { browserAddress } from "@/platform/address";
import { applyBrand } from "@/ui/colour";
import { Announce, Button, LanguageSwitch, Notice } from "@/ui/parts";
import { SoundUnlock } from "@/ui/sound";
import { createLocalMedia } from "@/video/local-media";
import { WaitingAppointments } from "./appointment-list";
import { createClinic, type Clinic } from "./clinic";
import { createEntrance } from "./entrance";
import { mayCreate, signOut, type Access } from "./identity";
import { nextToAdmit } from "./linked";
import { NewVisit } from "./new-visit";
import { createSeat, type Seat } from "./seat";
import { SessionPane } from "./session-pane";
import { shortcutsOn, toggleShortcuts, useShortcuts } from "./shortcuts";
import { Outside, SignIn, SigningIn } from "./sign-in";
import { VisitPane } from "./visit-pane";
import { WaitingRoom } from "./waiting-list";
import { showVisitInAddress, visitInAddress } from "./where";
import { isOver, nameIn, staffProblem } from "./words";
import { LateEncounters, Worklist } from "./worklist";
import "@/ui/tokens.css";
import "@/ui/base.css";
import "@/video/video.css";
import "./provider.css";

const media = createLocalMedia();
const ending = signal(false);
const entrance = createEntrance();

function Board({ access, onSignOut }: { access: Access; onSignOut: (expired: boolean) => void }) {
  const clinic = useMemo(() => createClinic(access), [access]);
  const seat = useMemo(() => createSeat(clinic), [clinic]);
  const [making, setMaking] = useState(false);
  useEffect(() => () => clinic.close(), [clinic]);
  useEffect(() => void seat.resume(), [seat]);
  useEffect(
    () =>
      effect(() => {
        const count = clinic.waiting.value.length;
        document.title = count > 0 ? `(${formatNumber(count)}) ${t("title.waiting-staff")}` : t("title.staff");
        applyBrand(clinic.branding.value.primaryColor);
        if (clinic.feed.value === "expired") onSignOut(true);
      }),
    [clinic, onSignOut],
  );
  useBoardKeys(clinic, seat, () => setMaking(true));
  const inside = seat.seat.value?.participantId;
  useEffect(() => {
    // Whoever goes in sees the visit, whatever form was open.
    if (inside !== undefined) setMaking(false);
  }, [inside]);
  useEffect(() => {
    const wanted = visitInAddress(browserAddress);
    if (wanted !== null) clinic.select(wanted);
    return effect(() => {
      if (clinic.selectedId.value !== null) showVisitInAddress(browserAddress, clinic.selectedId.value);
    });
  }, [clinic]);
  // The first to wait, else the first of today: there is always something to look at.
  const first = clinic.waiting.value[0]?.sessionId ?? clinic.today.value?.find((one) => !isOver(one))?.id ?? clinic.today.value?.[0]?.id;
  useEffect(() => {
    if (clinic.selectedId.value === null && first !== undefined) clinic.select(first);
  }, [clinic, first]);

  return (
    <div class={seat.seat.value === null ? "board" : "board inside"}>
      <TopBar clinic={clinic} onNew={() => setMaking(true)} onSignOut={() => onSignOut(false)} />
      <nav class="board-lists" aria-label={t("staff.lists")}>
        <WaitingRoom clinic={clinic} seat={seat} />
        <LateEncounters clinic={clinic} />
        <WaitingAppointments clinic={clinic} />
        <Worklist clinic={clinic} />
      </nav>
      <main class="board-main" data-screen="provider">
        {seat.problem.value !== null && (
          <Notice kind="bad" live>
            <div class="row">
              <p class="grow">{staffProblem(seat.problem.value)}</p>
              <Button compact look="quiet" onClick={seat.forgive}>
                {t("action.dismiss")}
              </Button>
            </div>
          </Notice>
        )}
        <Chosen clinic={clinic} seat={seat} making={making} onMade={() => setMaking(false)} />
      </main>
      <Arrivals clinic={clinic} />
    </div>
  );
}

interface ChosenProps {
  readonly clinic: Clinic;
  readonly seat: Seat;
  readonly making: boolean;
  readonly onMade: () => void;
}

function Chosen({ clinic, seat, making, onMade }: ChosenProps) {
  const own = seat.seat.value;
  const mine = own === null ? undefined : clinic.sessions.value?.find((one) => one.id === own.sessionId);
  const selected = clinic.selected.value;
  const looksAtAnother = selected !== null && selected.id !== mine?.id;
  const elsewhere = mine !== undefined && (making || looksAtAnother);
  const back = (): void => {
    onMade();
    if (mine !== undefined) clinic.select(mine.id);
  };
  return (
    <>
      {/* The visit goes on, unseen, while another one is looked at or made. */}
      {own !== null && mine !== undefined && (
        <div hidden={elsewhere} class="fill">
          <VisitPane key={own.participantId} own={own} session={mine} clinic={clinic} seat={seat} media={media} ending={ending} />
        </div>
      )}
      {elsewhere && (
        <Notice>
          <div class="row">
            <p class="grow">{t("staff.still-inside")}</p>
            <Button compact look="primary" onClick={back}>
              {t("staff.back-to-visit")}
            </Button>
          </div>
        </Notice>
      )}
      {making && <NewVisit clinic={clinic} onDone={onMade} />}
      {!making && looksAtAnother && <SessionPane key={selected.id} session={selected} clinic={clinic} seat={seat} ending={ending} />}
      {!making && selected === null && <p class="board-empty muted">{t("staff.choose")}</p>}
    </>
  );
}

function useBoardKeys(clinic: Clinic, seat: Seat, onNew: () => void): void {
  const move = (by: number): void => {
    const sessions = clinic.today.value ?? [];
    const at = sessions.findIndex((one) => one.id === clinic.selectedId.value);
    const next = sessions[Math.min(sessions.length - 1, Math.max(0, at + by))];
    if (next !== undefined) clinic.select(next.id);
  };
  useShortcuts({
    a: () => {
      const next = nextToAdmit(clinic.waiting.value, clinic.sessions.value ?? []);
      if (next !== null) void seat.admit(next.person.sessionId, next.person.participantId, next.withLinked);
    },
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      const chosen = clinic.selected.value;
      if (chosen !== null && !isOver(chosen)) void seat.join(chosen.id);
    },
    e: () => (ending.value = true),
    ...(mayCreate(clinic.identity) ? { n: onNew } : {}),
  });
}

function TopBar({ clinic, onNew, onSignOut }: { clinic: Clinic; onNew: () => void; onSignOut: () => void }) {
  const feed = clinic.feed.value;
  return (
    <header class="top">
      <p class="top-name grow">
        <bdi>{clinic.branding.value.displayName ?? t("app.name")}</bdi>
        <span class={`live ${feed}`} role="status">
          {t(feed === "up" ? "staff.live" : "staff.connecting")}
        </span>
      </p>
      <SoundUnlock />
      {mayCreate(clinic.identity) && (
        <Button compact data-action="new-visit" onClick={onNew}>
          <Plus size={16} aria-hidden="true" />
          {t("staff.new-visit")}
          <kbd aria-hidden="true">N</kbd>
        </Button>
      )}
      <Button compact look="quiet" aria-pressed={shortcutsOn.value} title={t("staff.keys-list")} onClick={toggleShortcuts}>
        <Keyboard size={16} aria-hidden="true" />
        {t(shortcutsOn.value ? "staff.keys-on" : "staff.keys-off")}
      </Button>
      <LanguageSwitch />
      <span class="who small">
        <bdi>{clinic.identity.name}</bdi>
      </span>
      <Button compact look="quiet" onClick={onSignOut} aria-label={t("staff.sign-out")}>
        <LogOut size={16} class="turns" aria-hidden="true" />
      </Button>
    </header>
  );
}

/** Reads out who came, once each. */
function Arrivals({ clinic }: { clinic: Clinic }) {
  const last = clinic.arrival.value;
  return <Announce key={last?.participantId}>{last === null ? "" : t("staff.arrived", { name: nameIn(clinic.sessions.value?.find((one) => one.id === last.sessionId), last) })}</Announce>;
}

function leave(expired: boolean): void {
  signOut();
  if (expired) entrance.expire();
  else void entrance.leave();
}

function Page() {
  const standing = entrance.standing.value;
  void language(); // drawn anew in another language
  switch (standing.kind) {
    case "signing-in":
      return <SigningIn />;
    case "token":
      return <SignIn expired={standing.expired} onIdentity={entrance.typed} />;
    case "out":
      return <Outside why={standing.why} entrance={entrance} />;
    case "in":
      return <Board access={standing.access} onSignOut={leave} />;
  }
}

async function start(): Promise<void> {
  const wished = new URL(globalThis.location.href).searchParams.get("lang");
  await setLanguage(chooseLanguage([wished, ...navigator.languages]));
  globalThis.addEventListener("hashchange", () => globalThis.location.hash.startsWith("#token=") && globalThis.location.reload());
  const root = document.getElementById("app");
  if (root !== null) render(<Page />, root);
  await entrance.start();
}

void start();
