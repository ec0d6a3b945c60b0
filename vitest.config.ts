import { defineConfig } from 'vitest/config'

// Packages resolve to their sources, so that a test run needs no build before it.
export default defineConfig({
  resolve: { conditions: ['@quipu/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@quipu/source', 'node', 'import', 'default'], externalConditions: ['@quipu/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts', 'examples/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
