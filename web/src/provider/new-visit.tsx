// SPDX-License-Identifier: Apache-2.0
/** A visit in a few fields, and its links to hand out. */
import { useState } from "preact/hooks";
import type { NewSession, Session } from "@/api/types";
import { languageCodes, languageName, t } from "@/i18n";
import { randomKey } from "@/platform/fetch";
import { now } from "@/platform/timers";
import { Button, Heading, Notice } from "@/ui/parts";
import type { Clinic } from "./clinic";
import { isClinical, type Identity } from "./identity";
import { CopyLink } from "./people";
import { personName, staffProblem } from "./words";

interface Links {
  readonly session: Session;
  readonly links: readonly { readonly name: string; readonly url: string }[];
}

/** The next quarter of an hour, as the field for date and time wants it. */
function nextQuarter(): string {
  const at = new Date(Math.ceil(now() / 900_000) * 900_000);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function readForm(form: FormData, identity: Identity): NewSession {
  const text = (name: string): string => String(form.get(name) ?? "").trim();
  const start = new Date(text("start"));
  const language = text("language");
  const provider = text("provider");
  const ownName = provider === identity.userId ? { displayName: identity.name } : {};
  const patientName = text("patientName") === "" ? {} : { displayName: text("patientName") };
  const interpreter = form.get("interpreter") === "on" ? [{ role: "interpreter" as const, linkedTo: "patient" as const, language }] : [];
  return {
    patientId: text("patientId"),
    scheduledStart: start.toISOString(),
    scheduledEnd: new Date(start.getTime() + Number(text("minutes")) * 60_000).toISOString(),
    language,
    participants: [
      { role: "provider", ...(provider === "" ? {} : { userId: provider }), ...ownName },
      { role: "patient", language, ...patientName },
      ...interpreter,
    ],
  };
}

export function NewVisit({ clinic, onDone }: { clinic: Clinic; onDone: () => void }) {
  const [made, setMade] = useState<Links | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(randomKey);
  const clinical = isClinical(clinic.identity);

  const create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const body = readForm(new FormData(event.currentTarget as HTMLFormElement), clinic.identity);
    setBusy(true);
    const answer = await clinic.calls.create(body, key);
    setProblem(answer.ok ? null : staffProblem(answer.problem));
    // Only a call whose answer was lost is asked for again under the same key.
    if (answer.ok || answer.problem.status !== 0) setKey(randomKey());
    if (answer.ok) setMade(await linksOf(clinic, answer.value));
    setBusy(false);
    clinic.refreshSoon();
  };

  if (made !== null) return <Made made={made} clinic={clinic} onDone={onDone} />;
  return (
    <form class="pane stack narrow" onSubmit={(event) => void create(event)}>
      <Heading>{t("new-visit.title")}</Heading>
      {problem !== null && (
        <Notice kind="bad" live>
          <p>{problem}</p>
        </Notice>
      )}
      <label class="field">
        <span>{t("new-visit.patient-id")}</span>
        <input name="patientId" required pattern="[A-Za-z0-9._:\-]{1,128}" dir="ltr" autocomplete="off" />
      </label>
      <label class="field">
        <span>{t("new-visit.patient-name")}</span>
        <input name="patientName" maxLength={200} dir="auto" autocomplete="off" />
      </label>
      <div class="columns">
        <label class="field">
          <span>{t("new-visit.start")}</span>
          <input name="start" type="datetime-local" required value={nextQuarter()} />
        </label>
        <label class="field">
          <span>{t("new-visit.minutes")}</span>
          <input name="minutes" type="number" required min={5} max={480} step={5} value={30} />
        </label>
      </div>
      <label class="field">
        <span>{t("new-visit.language")}</span>
        <select name="language">
          {languageCodes.map((code) => (
            <option key={code} value={code}>
              {languageName(code)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t(clinical ? "new-visit.provider-optional" : "new-visit.provider")}</span>
        <input name="provider" required={!clinical} pattern="[A-Za-z0-9._:\-]{1,128}" dir="ltr" autocomplete="off" value={clinical ? clinic.identity.userId : ""} />
      </label>
      <label class="row">
        <input type="checkbox" name="interpreter" />
        <span>{t("new-visit.interpreter")}</span>
      </label>
      <div class="row">
        <Button submit look="primary" busy={busy}>
          {t("new-visit.create")}
        </Button>
        <Button onClick={onDone}>{t("action.cancel")}</Button>
      </div>
    </form>
  );
}

async function linksOf(clinic: Clinic, session: Session): Promise<Links> {
  const guests = session.participants.filter((one) => one.role !== "provider");
  const links = await Promise.all(
    guests.map(async (guest) => {
      const link = await clinic.calls.joinLink(session.id, guest.id);
      const name = guest.displayName === undefined ? personName(guest) : `${guest.displayName} · ${t(`role.${guest.role}`)}`;
      return link.ok ? [{ name, url: link.value.joinUrl }] : [];
    }),
  );
  return { session, links: links.flat() };
}

function Made({ made, clinic, onDone }: { made: Links; clinic: Clinic; onDone: () => void }) {
  return (
    <div class="pane stack narrow">
      <Heading>{t("new-visit.done")}</Heading>
      <p>{t("new-visit.hand-out")}</p>
      {made.links.map((link) => (
        <div key={link.url} class="stack-s">
          <h2 class="check-title">
            <bdi>{link.name}</bdi>
          </h2>
          <CopyLink label={link.name} link={link.url} />
        </div>
      ))}
      <div class="row">
        <Button
          look="primary"
          onClick={() => {
            clinic.select(made.session.id);
            onDone();
          }}
        >
          {t("new-visit.show")}
        </Button>
      </div>
    </div>
  );
}
