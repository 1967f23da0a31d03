// Package web holds the pages of Sanse, built by Vite into dist and embedded in
// the program: the map at /, a visitor's day at /day, the board at /board,
// and the drafts of grids with their editor and their effect under /grids. The day
// on a phone (/today, and /c for a door code) is an app of its own, which a service
// worker keeps on the phone.
//
// It serves files and nothing else. What the pages show they fetch from the API
// under /v1, which is another handler's; who may see what is decided there. No
// page asks any other host for anything, and the security headers that every
// answer carries make browsers hold them to it.
//
// A program that was built before the pages were still starts: their paths
// then answer 503 with a line that says what to run.
package web
