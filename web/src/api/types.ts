// SPDX-License-Identifier: Apache-2.0
/** Short names for the contract's shapes. All of them are generated from api/openapi.yaml. */
import type { components } from "@/generated/api";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Connection = Schemas["ConnectionQuality"];
export type Mode = Schemas["Mode"];
export type SessionStatus = Schemas["SessionStatus"];
export type ParticipantStatus = Schemas["ParticipantStatus"];
export type Branding = Schemas["Branding"];
export type Consent = Schemas["ConsentAsked"];
export type ConsentDecision = Schemas["ConsentAnswer"];
export type Visit = Schemas["Visit"];
export type Preview = Schemas["Preview"];
export type JoinAnswer = Schemas["Joined"];
export type DeviceCheck = Schemas["DeviceCheck"];
export type Check = Schemas["DeviceResult"];
export type VideoAccess = Schemas["VideoCredential"];
export type ConnectionSample = Schemas["ConnectionReport"];
export type Advice = Schemas["ConnectionAdvice"]["advice"];
export type SignalKind = Schemas["SignalKind"];
export type Whereabouts = Schemas["Whereabouts"];
export type Session = Schemas["Session"];
export type Participant = Schemas["Participant"];
export type WaitingItem = Schemas["WaitingRoomItem"];
export type WaitingAppointment = Schemas["WaitingAppointment"];
export type JoinLink = Schemas["JoinToken"];
export type NewSession = Schemas["CreateSession"];
export type Preparation = Schemas["Preparation"];
export type TimelineItem = Schemas["TimelineItem"];
export type StaffSeat = Schemas["StaffJoined"];
