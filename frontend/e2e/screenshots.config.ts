import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config";

export default mergeConfig(base, defineConfig({ test: { include: ["*.shots.ts"], exclude: ["*.e2e.ts"] } }));
