/** What waits for a slow receiver is bounded, and all that was lost is counted. */
import { expect, test, vi } from 'vitest'
import { snapshotOf } from '../../src/export/points/snapshot.ts'
import type { Output, Taken } from '../../src/export/send/output.ts'
import { fill, OutputQueue } from '../../src/export/send/output-queue.ts'
import { atOnce } from '../../src/pieces.ts'
import { EMPTY_RESULT } from '../../src/result/empty.ts'
import type { Distribution } from '../../src/result/schema.ts'
import { RESULTS } from '../report/results.ts'

const state = atOnce(snapshotOf(EMPTY_RESULT))
const TAKEN: Taken = { error: null }

test('states go out one after the other, in their order', async () => {
  const seen: string[] = []
  const output: Output = {
    async send({ atMs }) {
      seen.push(`begin ${atMs}`)
      await new Promise(setImmediate)
      seen.push(`end ${atMs}`)
      return TAKEN
    },
  }
  const queue = new OutputQueue(output, () => {})
  for (const atMs of [1, 2, 3]) queue.send({ ...state, atMs })
  await queue.settled()
  expect(seen).toEqual([1, 2, 3].flatMap((n) => [`begin ${n}`, `end ${n}`]))
  expect(queue).toMatchObject({ sent: 3, lost: 0, error: null })
})

test('of what states leave out the most counts', async () => {
  const queue = new OutputQueue({ send: async () => TAKEN }, () => {})
  for (const leftOut of [0, 7, 3]) queue.send({ ...state, leftOut })
  await queue.settled()
  expect(queue.leftOut).toBe(7)
})

test('when too many wait, the oldest are dropped, and the last one goes out', async () => {
  const seen: number[] = []
  let free = () => {}
  const busy = new Promise<void>((resolve) => {
    free = resolve
  })
  const onFirstLoss = vi.fn()
  const output: Output = {
    async send({ atMs }) {
      seen.push(atMs)
      await busy
      return TAKEN
    },
  }
  const queue = new OutputQueue(output, onFirstLoss)
  for (let atMs = 1; atMs <= 50; atMs += 1) queue.send({ ...state, atMs })
  free()
  await queue.settled()
  expect(seen).toEqual([1, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
  expect(queue).toMatchObject({ sent: 11, lost: 39, error: 'the receiver is too slow' })
  expect(onFirstLoss.mock.calls).toEqual([['the receiver is too slow']])
})

test('giving up loses what waits, and keeps the first reason', async () => {
  const aborted = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  let tries = 0
  const output: Output = {
    async send(_, signal) {
      tries += 1
      if (tries === 1) return { error: 'status 400', rejected: 2 }
      if (!signal.aborted) await aborted(signal)
      return { error: 'no time' }
    },
  }
  const queue = new OutputQueue(output, () => {})
  for (let i = 0; i < 4; i += 1) queue.send(state)
  await vi.waitFor(() => expect(tries).toBe(2))
  queue.giveUp()
  await queue.settled()
  expect(queue).toMatchObject({ sent: 0, lost: 4, rejected: 2, error: 'status 400' })
})

test('a state that cannot be made is lost, and nothing throws', async () => {
  const queue = new OutputQueue({ send: async () => TAKEN }, () => {})
  const [step] = RESULTS.fine.steps
  const damaged = { ...RESULTS.fine.total.distributions.ttft, histogram: 'damaged' } as Distribution
  const steps = step ? [{ ...step, distributions: { ttft: damaged } }] : []
  await fill([queue], snapshotOf({ ...RESULTS.fine, steps }))
  expect(queue).toMatchObject({ sent: 0, lost: 1, error: expect.stringContaining('a histogram cannot be read') })
})

test('an output that throws loses the state, and the next one goes out', async () => {
  let tries = 0
  const output: Output = {
    send: () => {
      tries += 1
      if (tries === 1) throw new RangeError('no port')
      return tries === 2 ? Promise.reject(new Error('gone')) : Promise.resolve(TAKEN)
    },
  }
  const queue = new OutputQueue(output, () => {})
  for (let i = 0; i < 3; i += 1) queue.send(state)
  await queue.settled()
  expect(queue).toMatchObject({ sent: 1, lost: 2, error: 'gone' })
})

test('an output that never answers is given up, with all that waits for it', async () => {
  let tries = 0
  const output: Output = {
    send: () => {
      tries += 1
      return new Promise(() => {})
    },
  }
  const queue = new OutputQueue(output, () => {})
  for (let i = 0; i < 4; i += 1) queue.send(state)
  queue.giveUp()
  await queue.settled()
  queue.close()
  expect([tries > 0, queue.sent, queue.lost]).toEqual([true, 0, 4])
  expect(queue.error).toContain('no time left')
})
