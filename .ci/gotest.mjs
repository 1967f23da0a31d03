#!/usr/bin/env node
// Runs `go test -json` on the packages given and prints a line a package, the
// whole output of whatever failed, and at the end the slowest tests and how many ran.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

// The walks through the pages share a package, and maps are drawn in software. A
// test that hangs ends before CI's twenty minutes do, with the stacks of what hangs.
// Walks and servers wait a good deal, so one package more than there are processors
// is under way. Vet is left to lint, which has just done it.
const atOnce = String(availableParallelism() + 1)
const go = spawn('go', ['test', '-json', '-vet=off', '-p', atOnce, '-timeout', '18m', ...process.argv.slice(2)], { stdio: ['ignore', 'pipe', 'inherit'] })
const output = new Map()
const count = { pass: 0, fail: 0, skip: 0 }
const skipped = []
const took = [] // of whole tests, with their parts
for await (const line of createInterface({ input: go.stdout })) {
  let event
  try {
    event = JSON.parse(line)
  } catch {
    console.log(line)
    continue
  }
  const key = event.Package ?? event.ImportPath ?? ''
  if (event.Action === 'output' || event.Action === 'build-output') {
    output.set(key, (output.get(key) ?? '') + event.Output)
  }
  if (event.Action in count) {
    if (event.Test) {
      count[event.Action]++
      if (!event.Test.includes('/')) took.push([event.Elapsed ?? 0, `${key} ${event.Test}`])
      if (event.Action === 'skip') skipped.push(`${key} ${event.Test}`)
    } else {
      const time = event.Elapsed ? ` ${event.Elapsed.toFixed(1)}s` : ''
      if (event.Action !== 'skip') console.log(`${event.Action === 'pass' ? 'ok  ' : 'FAIL'} ${key}${time}`)
      if (event.Action === 'fail') console.log(output.get(key) ?? '', event.FailedBuild ? output.get(event.FailedBuild) ?? '' : '')
      output.delete(key)
    }
  }
}
const code = await new Promise((done) => (go.exitCode === null ? go.on('close', done) : done(go.exitCode)))
for (const [seconds, name] of took.sort(([a], [b]) => b - a).slice(0, 15)) if (seconds >= 10) console.log(`slow: ${seconds.toFixed(0)} s ${name}`)
for (const name of skipped) console.log(`skipped: ${name}`)
console.log(`Go: ${count.pass + count.fail} tests ran, ${count.pass} passed, ${count.fail} failed, ${count.skip} skipped`)
process.exit(code === 0 && count.pass > 0 && count.fail === 0 ? 0 : 1)
