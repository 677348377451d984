/** The line protocol, read again by a parser of the test's own. */
import { expect, test } from 'vitest'
import { snapshotOf } from '../../../src/export/points/snapshot.ts'
import { influxLines } from '../../../src/export/text/influx.ts'
import { atOnce } from '../../../src/pieces.ts'
import { HOSTILE, RESULTS } from '../../report/results.ts'

const lines = (...args: Parameters<typeof influxLines>) => atOnce(influxLines(...args))

const stateOf = (name: keyof typeof RESULTS) => atOnce(snapshotOf(RESULTS[name]))

/** Splits at characters that no backslash stands before. */
const splitAt = (text: string, at: RegExp) => text.split(new RegExp(`(?<!\\\\)${at.source}`))

const plain = (text: string) => text.replace(/\\([,= ])/g, '$1')

function read(line: string) {
  const [head = '', fields = '', time = '', ...more] = splitAt(line, / /)
  const [name = '', ...tags] = splitAt(head, /,/)
  const pairs = (parts: readonly string[]) => parts.map((part) => splitAt(part, /=/).map(plain))
  return { name: plain(name), tags: pairs(tags), fields: pairs(splitAt(fields, /,/)), time, more }
}

test.each(Object.keys(RESULTS) as (keyof typeof RESULTS)[])(
  '%s: one line for each point, and counts are those of the result',
  (name) => {
    const state = stateOf(name)
    const parsed = lines(state).map(read)
    expect(parsed).toHaveLength(state.metrics.reduce((sum, { points }) => sum + points.length, 0))
    for (const { name: metric, tags, fields, time, more } of parsed) {
      expect([metric, more]).toEqual([expect.stringMatching(/^[a-z][\w.]*$/), []])
      expect(time).toMatch(/^\d{1,19}$/)
      for (const pair of [...tags, ...fields]) expect(pair, metric).toHaveLength(2)
      for (const [key, value] of fields) if (key !== 'run_id') expect(Number(value), `${metric} ${key}`).not.toBeNaN()
    }
    const ok = parsed.filter(({ name: metric, tags }) => metric === 'burn.attempts' && tags.some(([, value]) => value === 'ok'))
    const sum = ok.reduce((all, { fields }) => all + Number(fields.find(([key]) => key === 'value')?.[1]), 0)
    expect(sum).toBe(RESULTS[name].steps.reduce((all, { counts }) => all + counts.ok, 0))
  },
)

test.each([HOSTILE, 'a b,c=d', 'ends with a backslash\\', '\\\\', '\n', 'x value=1 1\nfake value=2'])(
  '%j stays one tag',
  (name) => {
    const [step] = RESULTS.fine.steps
    const state = atOnce(snapshotOf({ ...RESULTS.fine, steps: step ? [{ ...step, name }] : [] }))
    for (const line of lines(state)) {
      expect(line).not.toMatch(/[\p{Cc}\u2028]/u)
      const { tags, fields, more } = read(line)
      for (const pair of [...tags, ...fields]) expect(pair).toHaveLength(2)
      expect(more).toEqual([])
    }
  },
)
