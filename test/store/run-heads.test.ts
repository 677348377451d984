import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runHeads } from '../../src/store/run-heads.ts'
import { fine } from '../report/results.ts'
import { costMeter } from '../support/cost.ts'
import { temp } from './folders.ts'

/** A second of the machine for which bounds were chosen, in ms: the other one is for the start of the command and the table. */
const BOUND_MS = 1000

test('the heads of a thousand runs are read in less than a second', () => {
  const base = temp()
  const text = JSON.stringify({ ...fine, timeline: Array.from({ length: 60 }, () => fine.timeline[0]) })
  for (let n = 0; n < 1000; n += 1) {
    mkdirSync(join(base, `run-${n}`))
    writeFileSync(join(base, `run-${n}`, 'result.json'), text)
  }
  const cost = costMeter()
  const { runs, unreadable } = runHeads(base)
  expect(cost()).toBeLessThan(BOUND_MS)
  expect([runs.length, unreadable]).toEqual([1000, []])
  expect(runs[0]).toMatchObject({ scenarioName: fine.scenarioName, verdict: fine.verdict, p95LatencyMs: fine.p95LatencyMs })
})
