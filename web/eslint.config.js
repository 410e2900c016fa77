// SPDX-License-Identifier: Apache-2.0
import tseslint from "typescript-eslint";

/** A folder and the folders it must not reach into. */
const layers = {
  platform: ["api", "i18n", "ui", "video", "link", "provider"],
  i18n: ["api", "platform", "ui", "video", "link", "provider"],
  api: ["i18n", "ui", "video", "link", "provider"],
  ui: ["video", "link", "provider"],
  video: ["link", "provider"],
  link: ["provider"],
  provider: ["link"],
};

const layerRules = Object.entries(layers).map(([folder, forbidden]) => ({
  files: [`src/${folder}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { group: forbidden.flatMap((other) => [`@/${other}`, `@/${other}/*`, `../${other}/*`]), message: `${folder} must not know this folder.` },
          ...(folder === "api" ? [] : [{ group: ["@/generated/*"], message: "Only src/api knows the contract's raw types." }]),
        ],
      },
    ],
  },
}));

const doors = {
  fetch: "platform/fetch.ts",
  EventSource: "platform/sse.ts",
  setTimeout: "platform/timers.ts",
  setInterval: "platform/timers.ts",
  localStorage: "platform/storage.ts",
  sessionStorage: "platform/storage.ts",
};

export default tseslint.config(
  { ignores: ["dist", "src/generated", "node_modules", "**/*.json"] },
  ...tseslint.configs.strict,
  {
    languageOptions: { globals: { console: "readonly", process: "readonly", URL: "readonly" } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-invalid-void-type": "off",
      eqeqeq: "error",
      "no-console": "error",
      "max-lines": ["error", { max: 250, skipBlankLines: false }],
    },
  },
  {
    files: ["src/**"],
    ignores: ["src/platform/**"],
    rules: {
      "no-restricted-globals": ["error", ...Object.entries(doors).map(([name, door]) => ({ name, message: `Enters through src/${door}.` }))],
    },
  },
  { files: ["scripts/**"], rules: { "no-console": "off" } },
  ...layerRules,
);
