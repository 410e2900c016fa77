// SPDX-License-Identifier: Apache-2.0
import { effect } from "@preact/signals";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Preview, Visit } from "@/api/types";
import { chooseLanguage, setLanguage, t } from "@/i18n";
import { after } from "@/platform/timers";
import { applyBrand } from "@/ui/colour";
import { createLocalMedia, type LocalMedia } from "@/video/local-media";
import { createLinkApp, type LinkApp } from "./app";
import { codeInAddress } from "./first-preview";
import { Frame } from "./frame";
import { AfterScreen, RemovedScreen } from "./screens/after";
import { ConsentScreen } from "./screens/consent";
import { DeviceScreen } from "./screens/device";
import { EarlyScreen, InvalidScreen, LoadingScreen, NewLinkScreen, OverScreen, TroubleScreen } from "./screens/notices";
import { WaitingScreen } from "./screens/waiting";
import { WhoScreen } from "./screens/who";
import { brandingOf, type On, type State } from "./state";
import "@/ui/tokens.css";
import "@/ui/base.css";
import "./link.css";

const loadVisit = () => import("./screens/visit");
/** Long enough for the waiting room to be there first, short enough to be ready when called. */
const PRELOAD_MS = 2_000;

function Page({ app, media }: { app: LinkApp; media: LocalMedia }) {
  const state = app.state.value;
  const branding = brandingOf(state);
  useEffect(() => {
    if (state.screen !== "device" && state.screen !== "visit") media.stop();
    // What does not come now is asked for again when it is needed.
    return state.screen === "waiting" ? after(PRELOAD_MS, () => void loadVisit().catch(() => undefined)) : undefined;
  }, [state.screen, media]);
  if (state.screen === "visit") return <VisitWhenLoaded state={state} app={app} media={media} />;
  const unnamed = state.screen === "loading" || state.screen === "trouble";
  return (
    <Frame branding={branding} wide={state.screen === "device"} {...(unnamed ? {} : { screen: state.screen })}>
      <Content state={state} app={app} media={media} key={state.screen} />
    </Frame>
  );
}

function VisitWhenLoaded({ state, app, media }: { state: On<"visit">; app: LinkApp; media: LocalMedia }) {
  const [Visit, setVisit] = useState<Awaited<ReturnType<typeof loadVisit>>["default"] | null>(null);
  useEffect(() => {
    let cancel: (() => void) | null = null;
    // A piece of the page that did not arrive is asked for again for as long as the visit is on.
    const load = (): void => void loadVisit().then((loaded) => setVisit(() => loaded.default), () => (cancel = after(PRELOAD_MS, load)));
    load();
    return () => cancel?.();
  }, []);
  if (Visit !== null) return <Visit state={state} app={app} media={media} />;
  return (
    <Frame branding={state.seat.visit.branding}>
      <LoadingScreen />
    </Frame>
  );
}

function Content({ state, app, media }: { state: Exclude<State, { screen: "visit" }>; app: LinkApp; media: LocalMedia }) {
  switch (state.screen) {
    case "loading":
      return <LoadingScreen />;
    case "trouble":
      return <TroubleScreen app={app} />;
    case "invalid":
      return <InvalidScreen app={app} />;
    case "expired":
    case "used":
    case "moved":
      return <NewLinkScreen state={state} app={app} />;
    case "cancelled":
    case "ended":
      return <OverScreen state={state} />;
    case "early":
      return <EarlyScreen preview={state.preview} app={app} />;
    case "who":
      return <WhoScreen state={state} app={app} />;
    case "consent":
      return <ConsentScreen state={state} app={app} />;
    case "device":
      return <DeviceScreen state={state} app={app} media={media} />;
    case "waiting":
      return <WaitingScreen state={state} app={app} />;
    case "removed":
      return <RemovedScreen state={state} />;
    case "after":
      return <AfterScreen state={state} app={app} />;
  }
}

const languagesOf = (visit: Visit): readonly (string | undefined)[] => [visit.participant.language, visit.session.language];
const languageOf = (preview: Preview): readonly (string | undefined)[] => [preview.language];

/** What the state says about the reader's language, best first. */
function wishes(state: State): readonly (string | undefined)[] {
  if ("seat" in state) return languagesOf(state.seat.visit);
  if ("preview" in state) return languageOf(state.preview);
  if (state.screen === "consent") return state.asker.kind === "link" ? languageOf(state.asker.preview) : languagesOf(state.asker.seat.visit);
  return [];
}

const wishedInAddress = (): string | null => new URL(globalThis.location.href).searchParams.get("lang");

async function start(): Promise<void> {
  await setLanguage(chooseLanguage([wishedInAddress(), ...navigator.languages]));
  const app = createLinkApp(codeInAddress());
  const media = createLocalMedia();
  // Another link opened in the same tab changes the fragment only.
  globalThis.addEventListener("hashchange", () => globalThis.location.reload());
  effect(() => {
    const state = app.state.value;
    const asked = wishes(state);
    if (asked.some((wish) => wish !== undefined)) void setLanguage(chooseLanguage([wishedInAddress(), ...asked, ...navigator.languages]));
    applyBrand(brandingOf(state)?.primaryColor);
  });
  effect(() => {
    const { screen } = app.state.value;
    document.title = screen === "visit" ? `● ${t("title.visit")}` : t(screen === "waiting" ? "title.waiting" : "title.page");
  });
  const root = document.getElementById("app");
  if (root !== null) render(<Page app={app} media={media} />, root);
}

void start();
