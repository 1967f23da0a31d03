#!/usr/bin/env node
// Runs `go test -json` on the packages given and prints a line a package, the
// whole output of whatever failed, and at the end the slowest tests and how many ran.
//
// A few tests that failed are run once more by themselves, on a machine that has
// nothing else to do: what passes then is named as unsteady, with all that it printed
// before, and does not fail the run. A test that fails twice does.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'

// The walks through the pages share a package, and maps are drawn in software. A
// test that hangs ends before CI's twenty minutes do, with the stacks of what hangs.
// Walks and servers wait a good deal, so one package more than there are processors
// is under way. Vet is left to lint.
const atOnce = String(availableParallelism() + 1)
const flags = process.argv.slice(2).filter((a) => a.startsWith('-')) // one word each: -tags=purego
const packages = process.argv.slice(2).filter((a) => !a.startsWith('-'))
const began = Date.now()

// A test binary lives some minutes with little to keep: its garbage is collected when
// there is five times as much as what is kept, not twice. That is an eighth of the
// processor time of the tests; what they may take all the same has a bound.
const env = { ...process.env, GOGC: process.env.GOGC ?? '400', GOMEMLIMIT: process.env.GOMEMLIMIT ?? '1536MiB' }

const fewTests = 6 // more than that are no accident
const againFor = 16 * 60_000 // begun later, they would not end in time

const output = new Map()
const count = { pass: 0, fail: 0, skip: 0 }
const skipped = []
const took = [] // of whole tests, with their parts

// test runs the packages and tells what failed: tests by package, and whole packages
// that failed without any test.
async function test(counted, args) {
  const go = spawn('go', ['test', '-json', '-vet=off', ...flags, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const failed = new Map()
  const broken = []
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
    if (!['pass', 'fail', 'skip'].includes(event.Action)) continue
    if (event.Test) {
      const whole = !event.Test.includes('/')
      if (whole && event.Action === 'fail') failed.set(key, [...(failed.get(key) ?? []), event.Test])
      if (!counted) continue
      count[event.Action]++
      if (whole) took.push([event.Elapsed ?? 0, `${key} ${event.Test}`])
      if (event.Action === 'skip') skipped.push(`${key} ${event.Test}`)
      continue
    }
    const time = event.Elapsed ? ` ${event.Elapsed.toFixed(1)}s` : ''
    if (event.Action !== 'skip') console.log(`${event.Action === 'pass' ? 'ok  ' : 'FAIL'} ${key}${time}`)
    if (event.Action === 'fail') {
      console.log(output.get(key) ?? '', event.FailedBuild ? output.get(event.FailedBuild) ?? '' : '')
      // After a panic or a test that hung, nobody knows what else would have failed.
      if (!failed.has(key) || /^(panic:|fatal error:)/m.test(output.get(key) ?? '')) broken.push(key)
    }
    output.delete(key)
  }
  const code = await new Promise((done) => (go.exitCode === null ? go.on('close', done) : done(go.exitCode)))
  return { failed, broken, bad: code !== 0 }
}

const first = await test(true, ['-p', atOnce, '-timeout', '18m', ...packages])
let bad = first.bad
const unsteady = []
const names = [...first.failed.values()].flat()
if (bad && first.broken.length === 0 && names.length > 0 && names.length <= fewTests && Date.now() - began < againFor) {
  bad = false
  for (const [name, tests] of first.failed) {
    const again = await test(false, ['-count=1', '-timeout', '4m', '-run', `^(${tests.join('|')})$`, name])
    if (again.bad) bad = true
    else unsteady.push(...tests.map((t) => `${name} ${t}`))
  }
}
for (const [seconds, name] of took.sort(([a], [b]) => b - a).slice(0, 15)) if (seconds >= 10) console.log(`slow: ${seconds.toFixed(0)} s ${name}`)
for (const name of skipped) console.log(`skipped: ${name}`)
for (const name of unsteady) console.log(`unsteady: ${name} failed above and passed when it was run again`)
console.log(`Go: ${count.pass + count.fail} tests ran, ${count.pass} passed, ${count.fail} failed, ${count.skip} skipped`)
process.exit(!bad && count.pass > 0 ? 0 : 1)
