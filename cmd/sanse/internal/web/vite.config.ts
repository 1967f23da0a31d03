import { defineConfig } from 'vite'

// JSX goes to Preact by tsconfig's jsxImportSource; no plugin is needed.
export default defineConfig({
  worker: { format: 'es' },
  // Nothing is inlined as data URLs, so that the policy of the pages stays short.
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
  // The browser test runs by itself; vitest takes what lies beside the code.
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])
