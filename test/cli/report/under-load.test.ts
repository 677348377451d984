/** Equal distributions are hardly ever called different, however many replies each message has; real differences are found. */
import { expect, test } from 'vitest'
import { underLoad } from '../../../src/cli/report/under-load.ts'
import { qualityOf } from '../../../src/metrics/quality/measure.ts'
import { qualitySettings } from '../../../src/metrics/quality/schema.ts'
import { createRandom } from '../../../src/random.ts'
import { shareOf } from '../../support/share.ts'

const settings = qualitySettings()
if (!settings) throw new Error('quality is on by default')
const text = 'It is on its way.'
const reply = { step: 'a', prompt: '', text, latencyMs: 1, finishReason: 'stop', refused: false, earlier: [], held: null }
const usual = qualityOf(reply, settings)

interface Kind {
  readonly messages: number
  readonly loaded: number
  readonly alone: number
  /** How much more often replies under load are bad; 0 for equal distributions. */
  readonly worse?: number
}

/** Compares replies that are bad by chance: often to some messages, rarely to others, so that both overall and cut-off vary, and skewed. */
function compare(seed: number, { messages, loaded, alone, worse = 0 }: Kind) {
  const random = createRandom(`${seed}`, 'quality under load')
  const asked = Array.from({ length: messages }, () => {
    const often = 0.4 * random.next()
    const partOf = (more: number) => () => {
      const bad = random.next() < often + more
      const overall = (bad ? 0.4 : 0.9) + 0.1 * random.next()
      return { reply, quality: { measures: { ...usual.measures, overall }, flags: { ...usual.flags, truncated: bad } } }
    }
    return { loaded: Array.from({ length: loaded }, partOf(worse)), alone: Array.from({ length: alone }, partOf(0)) }
  })
  return underLoad('one', messages * loaded, asked)
}

const surelyOf = ({ measures, flags }: ReturnType<typeof compare>) =>
  [...Object.values(measures), ...Object.values(flags)].some(({ p }) => p !== null && p < 0.01)
const seeds = Array.from({ length: 100 }, (_, seed) => seed)

test.each(
  shareOf<Kind>([
    { messages: 1, loaded: 200, alone: 1 },
    { messages: 5, loaded: 40, alone: 10 },
    { messages: 6, loaded: 200, alone: 1 },
    { messages: 30, loaded: 20, alone: 1 },
    { messages: 60, loaded: 30, alone: 3 },
    { messages: 150, loaded: 4, alone: 9 },
    { messages: 450, loaded: 2, alone: 1 },
  ]),
)('equal distributions differ in at most 3 of 100: %j', (kind) => {
  expect(seeds.filter((seed) => surelyOf(compare(seed, kind))).length).toBeLessThanOrEqual(3)
})

test('far more bad replies under load are found, in both lines', () => {
  const { measures, flags } = compare(1, { messages: 40, loaded: 20, alone: 3, worse: 0.5 })
  expect(measures.overall?.p).toBeLessThan(0.01)
  expect(flags.truncated?.p).toBeLessThan(0.01)
})

test('a message counts once, and means are those of all its replies', () => {
  const one = (overall: number) => ({ reply, quality: { ...usual, measures: { ...usual.measures, overall } } })
  const { measures, messages, pairs } = underLoad('one', 4, [
    { loaded: [one(0.2), one(0.4), one(0.6)], alone: [one(0.8)] },
    { loaded: [one(0.8)], alone: [one(1), one(0.8)] },
    { loaded: [], alone: [one(0)] },
  ])
  expect([messages, pairs]).toEqual([2, 4])
  expect(measures.overall).toEqual({ alone: expect.closeTo(0.85), loaded: expect.closeTo(0.6), p: null })
})

test('probabilities are corrected for the number of lines', () => {
  const flags = { ...usual.flags, truncated: true }
  const asked = Array.from({ length: 12 }, () => ({
    loaded: [{ reply, quality: { ...usual, flags } }],
    alone: [{ reply, quality: usual }],
  }))
  const { flags: found, measures } = underLoad('one', 12, asked)
  const lines = [...Object.values(found), ...Object.values(measures)].filter(({ p }) => p !== null).length
  expect(lines).toBeGreaterThan(5)
  expect(found.truncated?.p).toBeCloseTo((lines * 2) / 2 ** 12)
})
