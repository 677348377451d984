import { expect, test } from 'vitest'
import { atOnce, inTurns, type Pieces } from '../src/pieces.ts'

/** Pieces of so many units each. `turnOf` gets the turn of the event loop in which each was done. */
function* work(units: readonly number[], turnOf: number[], turn: () => number): Pieces<string> {
  for (const some of units) {
    turnOf.push(turn())
    yield some
  }
  return 'made'
}

/** Counts the turns of the event loop until `stop` is called. */
function countTurns(): { readonly turn: () => number; readonly stop: () => void } {
  let turn = 0
  let isOver = false
  const next = () => {
    turn += 1
    if (!isOver) setImmediate(next)
  }
  setImmediate(next)
  return { turn: () => turn, stop: () => (isOver = true) }
}

test('at once: every piece, and what they made', () => {
  const turnOf: number[] = []
  expect(atOnce(work([1, 50_000, 3], turnOf, () => 0))).toBe('made')
  expect(turnOf).toHaveLength(3)
})

test('in turns: small pieces share a turn, large ones have their own, and none is done at once', async () => {
  const { turn, stop } = countTurns()
  const turnOf: number[] = []
  const made = inTurns(work([10, 10, 9000, 9000, 10], turnOf, turn))
  expect(turnOf).toEqual([])
  expect(await made).toMatchObject({ made: 'made' })
  stop()
  const [first = Number.NaN, ...rest] = turnOf
  expect(rest.map((one) => one - first)).toEqual([0, 0, 1, 2])
})

test('an error of a piece is that of the whole', async () => {
  // biome-ignore lint/correctness/useYield: its first piece fails
  const failing = function* (): Pieces<string> {
    throw new Error('no')
  }
  await expect(inTurns(failing())).rejects.toThrow('no')
})
