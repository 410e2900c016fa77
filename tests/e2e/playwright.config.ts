// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from "@playwright/test";

const report = process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] ?? "../../test-results/e2e.json";

export default defineConfig({
  testDir: "specs",
  outputDir: "../../test-results/e2e",
  timeout: 300_000,
  expect: { timeout: 40_000 },
  // Several browsers with live video share the machine: one test at a time. In CI a starved browser gets a
  // second chance; the report names such a test as flaky.
  workers: 1,
  retries: process.env["CI"] ? 1 : 0,
  forbidOnly: true,
  reporter: [["line"], ["json", { outputFile: report }]],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Stockholm",
    permissions: ["camera", "microphone"],
    trace: "off",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        "--disable-background-networking",
        "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
        "--disable-background-timer-throttling",
      ],
    },
  },
});
