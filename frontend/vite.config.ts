import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env["COPLAN_SERVER"] ?? "http://127.0.0.1:8080";

/**
 * React Aria brings its own few words (for screen readers) in thirty languages, 50 kB of them. The interface
 * speaks the languages in src/app/messages; the others are left out, and English stands in.
 */
function ownLanguagesOnly(languages: readonly string[]): Plugin {
  const list = /[\\/]react-(?:aria|stately|aria-components)[\\/].*[\\/]intlStrings\.m?js$/;
  // A line that imports a language's words, or enters them into the list.
  const line = /^(?:import .*\/|\s*")([a-z]{2})-[A-Z]{2}(?:\.m?js";|": .*)\n/gm;
  return {
    name: "own-languages-only",
    enforce: "pre",
    transform: (code, id) =>
      list.test(id) ? code.replace(line, (text, language: string) => (languages.includes(language) ? text : "")) : null,
  };
}

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../node_modules/.vite",
  plugins: [ownLanguagesOnly(["en", "de"]), react()],
  // One copy of each: two copies of Yjs or ProseMirror's model in a page reject each other's objects.
  resolve: { dedupe: ["yjs", "react", "react-dom", "prosemirror-model", "prosemirror-state", "prosemirror-view"] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The page's security policy allows files of its own origin only, so nothing may be inlined as data: or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    strictPort: true,
    // The sentences of the history are the server’s.
    fs: { allow: [".", "../node_modules", "../server/replay/sentences.json"] },
    proxy: {
      "/api": server,
      "/healthz": server,
      "/ws": { target: server, ws: true },
    },
  },
});
