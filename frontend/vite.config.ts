import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["COPLAN_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
    proxy: {
      "/api": server,
      "/healthz": server,
      "/ws": { target: server, ws: true },
    },
  },
});
