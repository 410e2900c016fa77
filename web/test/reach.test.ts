// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { reachable } from "@/link/reach";

describe("how to reach a clinic", () => {
  it.each([
    ["Front desk: 020 7946 0000", "tel:02079460000", "020 7946 0000"],
    ["+93 (0)20 210-0000, from 8 to 16", "tel:+930202100000", "+93 (0)20 210-0000"],
    ["call 112233", "tel:112233", "112233"],
  ])("is the number in %j", (contact, href, shown) => {
    expect(reachable(contact)).toEqual({ kind: "phone", href, shown });
  });

  it("is the address where there is one", () => {
    expect(reachable("Write to help@clinic.example.")).toEqual({ kind: "mail", href: "mailto:help@clinic.example", shown: "help@clinic.example" });
  });

  it.each([undefined, "", "the front desk", "room 12"])("is not known from %j", (contact) => {
    expect(reachable(contact)).toBeNull();
  });
});
