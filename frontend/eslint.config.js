import { readdirSync } from "node:fs";
import { join } from "node:path";
import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const src = join(import.meta.dirname, "src");

/** Layers, lowest first. Each may import what stands in its list, and itself. */
const layers = {
  plan: [],
  sync: ["plan"],
  ui: [],
  features: ["plan", "sync", "ui"],
  app: ["plan", "sync", "ui", "features"],
};

const reasons = {
  plan: "plan is the document alone: it knows nothing of sockets or screens",
  sync: "sync moves the document: it knows nothing of screens",
  ui: "ui holds parts any program could use: it knows nothing of plans",
  features: "app composes features, never the other way round",
};

function listFeatures() {
  try {
    return readdirSync(join(src, "features"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

const zones = [
  ...Object.entries(layers).flatMap(([layer, below]) =>
    Object.keys(layers)
      .filter((other) => other !== layer && !below.includes(other))
      .map((other) => ({
        target: join(src, layer),
        from: join(src, other),
        message: reasons[layer] ?? "",
      })),
  ),
  ...listFeatures().map((name) => ({
    target: join(src, "features", name),
    from: join(src, "features"),
    except: [`./${name}`],
    message: "features do not import each other: what two need moves down to ui or plan",
  })),
];

export default tseslint.config(
  { ignores: ["dist/**"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".js", ".mjs", ".css"] })],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts", ".tsx"] },
    },
    rules: {
      "import-x/no-restricted-paths": ["error", { basePath: src, zones }],
      "import-x/no-cycle": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/plan/**", "src/sync/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: ["react", "react-*", "react/*", "@tiptap/*", "prosemirror-*"], message: "plan and sync hold no React and no editor: they run in plain Node" },
          ],
        },
      ],
    },
  },
  {
    files: ["src/ui/**", "src/features/**", "src/app/**"],
    plugins: { "react-hooks": reactHooks },
    rules: { ...reactHooks.configs.recommended.rules },
  },
  {
    files: ["**/*.test.ts", "e2e/**"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  {
    files: ["e2e/**"],
    rules: {
      // What beforeAll sets isn't there when it failed, whatever its type says.
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
  { files: ["eslint.config.js", "vite.config.ts", "vitest.config.ts", "e2e/**"], languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", setTimeout: "readonly", clearTimeout: "readonly" } } },
);
