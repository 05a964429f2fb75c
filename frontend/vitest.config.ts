import { defineConfig } from "vitest/config";

// plan and sync are tested in plain Node: no DOM is pretended.
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../node_modules/.vite",
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    setupFiles: ["vitest.seed.ts"],
    testTimeout: 20_000,
  },
});
