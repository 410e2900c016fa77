// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { OutputBundle, OutputChunk } from "rollup";
import type { Plugin } from "vite";
import { fakeClinic } from "./test/fake/vite-plugin";

const here = dirname(fileURLToPath(import.meta.url));

/** Names in the page's head what its first script imports later: one round trip less on a slow network. */
function fetchEarly(page: string, module: string): Plugin {
  // What is imported comes first: later style sheets overrule earlier ones.
  const withImports = (bundle: OutputBundle, chunk: OutputChunk): OutputChunk[] => [
    ...chunk.imports.flatMap((name) => {
      const imported = bundle[name];
      return imported?.type === "chunk" ? withImports(bundle, imported) : [];
    }),
    chunk,
  ];
  return {
    name: "fetch-early",
    transformIndexHtml: {
      order: "post",
      handler(html, { path, bundle }) {
        if (bundle === undefined || !path.endsWith(page)) return html;
        const entry = Object.values(bundle).find((one): one is OutputChunk => one.type === "chunk" && one.moduleIds.some((id) => id.endsWith(module)));
        if (entry === undefined) throw new Error(`${module} is in no chunk of its own`);
        const chunks = withImports(bundle, entry);
        const scripts = new Set(chunks.map((chunk) => chunk.fileName).filter((name) => !html.includes(name)));
        const styles = new Set(chunks.flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
        const head = "head" as const;
        return [
          ...[...styles].map((name) => ({ tag: "link", attrs: { rel: "stylesheet", href: `/${name}` }, injectTo: head })),
          ...[...scripts].map((name) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` }, injectTo: head })),
        ];
      },
    },
  };
}

export default defineConfig(({ command, mode }) => ({
  root: here,
  base: "/",
  resolve: { alias: { "@": resolve(here, "src") } },
  esbuild: { jsx: "automatic" as const, jsxImportSource: "preact", legalComments: "none" as const },
  plugins: command === "serve" && mode !== "test" ? [fakeClinic()] : [fetchEarly("v/index.html", "src/link/main.tsx")],
  build: {
    target: "es2021",
    outDir: "dist",
    // A data: URL would need a wider policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  test: {
    environment: "node",
    // A busy machine is slow, not wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    include: ["test/**/*.test.{ts,tsx}"],
  },
}));
