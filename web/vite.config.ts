// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { fakeClinic } from "./test/fake/vite-plugin";

const here = dirname(fileURLToPath(import.meta.url));

export default defineConfig(({ command, mode }) => ({
  root: here,
  base: "/",
  resolve: { alias: { "@": resolve(here, "src") } },
  esbuild: { jsx: "automatic" as const, jsxImportSource: "preact", legalComments: "none" as const },
  plugins: command === "serve" && mode !== "test" ? [fakeClinic()] : [],
  build: {
    target: "es2021",
    outDir: "dist",
    emptyOutDir: true,
    // A data: URL would need a wider policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { v: resolve(here, "v/index.html"), provider: resolve(here, "provider/index.html") },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  test: {
    environment: "node",
    include: ["test/**/*.test.{ts,tsx}"],
  },
}));
