// SPDX-License-Identifier: Apache-2.0
/** The people of a visit: letting in, taking out, inviting an interpreter by link. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Check, Copy, Link2, MapPin, UserPlus } from "lucide-preact";
import type { Participant, Session } from "@/api/types";
import { languageName, t } from "@/i18n";
import { copyText } from "@/platform/clipboard";
import { Avatar, Button, ConnectionTag, Notice } from "@/ui/parts";
import type { Seat } from "./seat";
import { AdmitTogether } from "./waiting-list";
import { isOver, nameIn } from "./words";

export function People({ session, seat }: { session: Session; seat: Seat }) {
  // Who was taken out stands last: by mistake, perhaps, and a new link brings them back.
  const people = [...session.participants].sort((a, b) => Number(a.status === "removed") - Number(b.status === "removed"));
  return (
    <section class="stack" aria-labelledby="people-title">
      <h2 id="people-title" class="check-title">{t("staff.people")}</h2>
      <ul class="stack-s">
        {people.map((one) => (
          <Person key={one.id} person={one} session={session} seat={seat} />
        ))}
      </ul>
      {!isOver(session) && <InviteInterpreter session={session} seat={seat} />}
    </section>
  );
}

const mayNeedLink: readonly Participant["status"][] = ["invited", "disconnected", "removed"];

function Person({ person, session, seat }: { person: Participant; session: Session; seat: Seat }) {
  const name = nameIn(session, person);
  const row = useRef<HTMLLIElement>(null);
  const tookOut = useRef(false);
  const [link, setLink] = useState<string | null>(null);
  const waits = person.status === "waiting" && !isOver(session);
  const linked = waits ? session.participants.filter((one) => one.linkedTo === person.id && one.status === "waiting") : [];
  const makeLink = async (): Promise<void> => {
    const answer = await seat.invite(session.id, person.id);
    if (answer?.ok === true && "joinUrl" in answer.value) setLink(answer.value.joinUrl);
  };
  const isGone = person.status === "removed";
  useEffect(() => {
    // The button that was pressed is gone: the way to undo it stands where the focus goes.
    if (isGone && tookOut.current) row.current?.querySelector<HTMLElement>('[data-action="link"]')?.focus();
    tookOut.current = false;
    if (isGone) setLink(null);
  }, [isGone]);
  const takeOut = (): void => {
    tookOut.current = true;
    void seat.remove(session.id, person.id, "removed_by_provider");
  };
  const inside = !isOver(session) && (person.status === "admitted" || person.status === "active");
  return (
    <li ref={row} class={isGone ? "member gone" : "member"}>
      <div class="row">
        <Avatar name={name} small />
        <div class="grow">
          <p class="item-name">
            <bdi>{name}</bdi>
          </p>
          <p class="item-facts">
            <span>{t(`role.${person.role}`)}</span>
            {!isOver(session) && <span>{t(`person.${person.status}`)}</span>}
            {person.language !== undefined && <span>{languageName(person.language)}</span>}
          </p>
        </div>
        {inside && person.connection !== "unknown" && <ConnectionTag quality={person.connection} short />}
        {waits && (
          <Button compact look={linked.length === 0 ? "primary" : "plain"} data-admit={person.id} busy={seat.busy.value.has(`admit:${person.id}`)} onClick={() => void seat.admit(session.id, person.id)}>
            {t("staff.admit")}
          </Button>
        )}
        {person.role !== "provider" && mayNeedLink.includes(person.status) && !isOver(session) && (
          <Button compact look="quiet" data-action="link" busy={seat.busy.value.has(`invite:${person.id}`)} onClick={() => void makeLink()}>
            <Link2 size={16} aria-hidden="true" />
            {t(isGone ? "staff.invite-again" : "staff.link")}
            <span class="visually-hidden">
              <bdi>{name}</bdi>
            </span>
          </Button>
        )}
        {person.role !== "provider" && person.status !== "invited" && !isGone && !isOver(session) && (
          <Button compact look="quiet" data-action="remove" aria-label={t("staff.remove-name", { name: name })} busy={seat.busy.value.has(`remove:${person.id}`)} onClick={takeOut}>
            {t("staff.remove")}
          </Button>
        )}
      </div>
      {linked.length > 0 && (
        <AdmitTogether sessionId={session.id} seat={seat} people={[person, ...linked].map((one) => ({ participantId: one.id, role: one.role, ...(one.displayName === undefined ? {} : { displayName: one.displayName }) }))} />
      )}
      {link !== null && (
        <Notice kind="good" live>
          <p class="small">{t("staff.link-ready", { name: name })}</p>
          <CopyLink label={name} link={link} />
        </Notice>
      )}
      {person.whereabouts !== undefined && (
        <p class="item-facts where">
          <MapPin size={16} aria-hidden="true" />
          <bdi>{person.whereabouts.address}</bdi> <bdi dir="ltr">{person.whereabouts.callbackNumber}</bdi>
        </p>
      )}
    </li>
  );
}

function InviteInterpreter({ session, seat }: { session: Session; seat: Seat }) {
  const [link, setLink] = useState<string | null>(null);
  const invited = session.participants.find((one) => one.role === "interpreter" && (one.status === "invited" || one.status === "removed"));
  const ask = async (): Promise<void> => {
    const answer = await seat.invite(session.id, invited?.id ?? null);
    if (answer?.ok === true && "joinUrl" in answer.value) setLink(answer.value.joinUrl);
  };
  return (
    <div class="stack-s">
      <div class="row">
        <Button compact data-action="invite" busy={seat.busy.value.has("invite")} onClick={() => void ask()}>
          <UserPlus size={16} aria-hidden="true" />
          {t("staff.invite")}
        </Button>
      </div>
      {link !== null && (
        <Notice kind="good" live>
          <p class="small">{t("staff.invite-ready")}</p>
          <CopyLink label={t("role.interpreter")} link={link} />
        </Notice>
      )}
    </div>
  );
}

/** A link to hand on: to be read, selected or copied. */
export function CopyLink({ label, link }: { label: string; link: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div class="row copy">
      <input class="grow" readOnly dir="ltr" aria-label={t("staff.link-for", { name: label })} value={link} onFocus={(event) => event.currentTarget.select()} />
      <Button compact onClick={() => void copyText(link).then(setCopied)}>
        {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
        {t(copied ? "staff.copied" : "staff.copy")}
      </Button>
    </div>
  );
}
