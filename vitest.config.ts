import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/suite.ts"],
    setupFiles: ["test/setup.ts"],
    // One module graph for all files: the suite reads the same pure rooms again and again.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 30_000,
    coverage: { provider: "v8", include: ["src/**", "handlers/**"], reporter: ["text-summary", "html"] },
  },
});
