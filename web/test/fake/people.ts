// SPDX-License-Identifier: Apache-2.0
/** Who works at the double's clinic, and the token they come with. Nobody checks its signature. */
export const claims = { sub: "dr-lindqvist", name: "Dr. Anna Lindqvist", tenantId: "demo", roles: ["clinician"], exp: 4_000_000_000 };

export const tokenOf = (some: object): string => `x.${Buffer.from(JSON.stringify(some)).toString("base64url")}.x`;
