import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Rooms that decide: no clock, no chance, no environment, no file, no network (docs/architecture.md). */
const pureRooms = ["trail", "ranges", "tenants", "outbound", "memory", "detectors", "engine", "alerts", "simulate"];

export default defineConfig(
  { ignores: ["dist", "coverage", "node_modules"] },
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js", "scripts/node-version.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-restricted-syntax": ["error", { selector: "ExportDefaultDeclaration", message: "Named exports only." }],
      eqeqeq: ["error", "always"],
      "no-console": "error",
      "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: pureRooms.map((room) => `src/${room}/**/*.ts`),
    rules: {
      "no-restricted-globals": [
        "error",
        ...["process", "fetch", "setTimeout", "setInterval", "performance"].map((name) => ({
          name,
          message: "A deciding room is pure: the world is an argument.",
        })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Time comes from the record or is an argument." },
        { object: "Math", property: "random", message: "A deciding room knows no chance." },
      ],
    },
  },
  {
    files: ["eslint.config.js", "vitest.config.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["test/**", "bench/**", "examples/**", "scripts/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off", "no-console": "off" },
  },
);
