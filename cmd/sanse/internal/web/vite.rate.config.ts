import { defineConfig } from 'vite'

// The page on which visits are rated is opened by whoever was visited, on whatever phone
// they have: it is written for browsers that are much older than those of the other
// pages, and added to what they were built into.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: ['es2017', 'chrome61', 'safari11'],
    cssTarget: ['chrome61', 'safari11'],
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: { input: { rate: 'rate.html' } },
  },
})
