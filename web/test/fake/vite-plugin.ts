// SPDX-License-Identifier: Apache-2.0
import type { Plugin } from "vite";
export const fakeClinic = (): Plugin => ({ name: "fake-clinic" });
