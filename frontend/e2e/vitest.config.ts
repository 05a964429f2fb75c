import { defineConfig } from "vitest/config";

// One file after another: each starts the real program and a browser of its own.
export default defineConfig({
  root: import.meta.dirname,
  cacheDir: "../../node_modules/.vite",
  test: {
    environment: "node",
    include: ["*.e2e.ts"],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 10_000, interval: 100 } },
  },
});
