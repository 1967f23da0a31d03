import { defineConfig } from 'vite'

// JSX goes to Preact by tsconfig's jsxImportSource; no plugin is needed.
export default defineConfig({
  worker: { format: 'es' },
  // Nothing is inlined as data URLs, so that the policy of the pages stays short.
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    // Which files belong to the app on the phone: read and taken away by shell.mjs.
    manifest: true,
    rollupOptions: {
      input: { index: 'index.html', today: 'today.html', sw: 'src/today/worker.ts' },
      // The address of the service worker is its name: it is the one script without a hash.
      output: { entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
  // The browser test runs by itself; vitest takes what lies beside the code.
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])
