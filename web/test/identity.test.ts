// SPDX-License-Identifier: Apache-2.0
// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import { readToken, takeIdentity } from "@/provider/identity";
import { forget } from "@/platform/storage";
import { claims, tokenOf } from "./fake/people";

describe("signing in by link", () => {
  beforeEach(() => forget("vcare.staff"));

  it("takes the token out of the address and keeps it for the tab", () => {
    history.replaceState(null, "", `/provider?lang=en#token=${tokenOf(claims)}`);
    expect(takeIdentity()).toMatchObject({ userId: "dr-lindqvist", tenantId: "demo", name: "Dr. Anna Lindqvist" });
    expect(location.href).not.toContain("token");
    expect(takeIdentity()?.userId).toBe("dr-lindqvist");
  });

  it("ends when the token has run out", () => {
    history.replaceState(null, "", `/provider#token=${tokenOf({ ...claims, exp: 1 })}`);
    expect(takeIdentity()).toBeNull();
  });

  it.each(["", "a.b.c", "x.bm90IGpzb24.x", tokenOf({ sub: "x" })])("is not possible with %j", (token) => {
    expect(readToken(token)).toBeNull();
  });
});
