import { defineConfig } from 'vitest/config'

// Packages resolve to their sources, so that a test run needs no build before it.
export default defineConfig({
  resolve: { conditions: ['@quipu/source', 'node', 'import', 'default'] },
  // Node gets these as --conditions, for require() too: 'import' among them would break packages that ship both.
  ssr: { resolve: { conditions: ['@quipu/source', 'node'], externalConditions: ['@quipu/source', 'node'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
    // As many as CI has cores: vitest's own choice leaves one of two idle, while the end-to-end tests wait for servers.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
