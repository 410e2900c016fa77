// SPDX-License-Identifier: Apache-2.0
// Builds each page by itself: node build.mjs
// Patients and clinicians open different ones. What pages share would be a file of its own, and so one request more
// before a patient with a slow connection sees anything.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
let isFirst = true;
for (const page of ["v", "provider"]) {
  await build({
    configFile: `${root}/vite.config.ts`,
    build: { emptyOutDir: isFirst, rollupOptions: { input: { [page]: `${root}/${page}/index.html` } } },
  });
  isFirst = false;
}
