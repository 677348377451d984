/** A latency that rises over the run drifts; one that goes up and down does not. */
import { expect, test } from 'vitest'
import { driftOf } from '../../src/anomalies/drift.ts'
import { createRandom } from '../../src/random.ts'

const upTo = (last: number) => Array.from({ length: 20 }, (_, i) => 100 * (last / 100) ** (i / 19))

test.each<[string, readonly number[], number | undefined]>([
  ['that grows by half', upTo(150), 0.5],
  ['that falls to a half', upTo(50), -0.5],
  ['that grows by a tenth', upTo(110), undefined],
  ['that is level', Array<number>(20).fill(100), undefined],
  ['that doubles at once and stays', [...Array<number>(10).fill(100), ...Array<number>(10).fill(200)], 1.169928],
  ['that goes up and comes back', [...upTo(200), ...upTo(200).toReversed()], undefined],
  ['of seven blocks', [1, 2, 3, 4, 5, 6, 7], undefined],
  ['of eight blocks', [1, 2, 4, 8, 16, 32, 64, 128], 127],
  ['with a block of 0', [0, ...upTo(400)], undefined],
])('a latency %s', (_, medians, change) => {
  const found = driftOf(medians)
  if (change === undefined) expect(found).toBeUndefined()
  else expect(found).toBeCloseTo(change, 6)
})

test('noise is called a drift in fewer than one run of a hundred', () => {
  let drifts = 0
  for (let seed = 0; seed < 500; seed += 1) {
    const random = createRandom(`${seed}`, 'noise')
    if (driftOf(Array.from({ length: 20 }, () => 100 * Math.exp(random.next() - 0.5))) !== undefined) drifts += 1
  }
  expect(drifts).toBeLessThan(10)
})
