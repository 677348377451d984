import { expect, test } from 'vitest'
import { LocalError, UsageError } from '../../src/errors.ts'
import { startMockWorker } from '../../src/mock/spawn.ts'
import { deadPort } from '../support/own-port.ts'
import { mockFor } from './harness.ts'

test('a mock in its own thread serves, counts, changes and ends', async () => {
  const mock = await startMockWorker({ tokens: 2, firstTokenMs: 0, gapMs: 0 }, { port: await deadPort() })
  const say = async (): Promise<unknown> => await (await fetch(`${mock.url}/chat?message=x`)).json()
  expect(await say()).toMatchObject({ reply: 'turn 1:' })
  await mock.update({ tokens: 1 })
  expect(await say()).toMatchObject({ reply: 'turn' })
  expect(await mock.stats()).toMatchObject({ requests: 2, byOutcome: { ok: 2 } })
  expect(await mock.log(1)).toMatchObject([{ k: 1, path: '/chat' }])
  await expect(mock.update({ tokens: -1 })).rejects.toBeInstanceOf(UsageError)
  await mock.reset()
  expect(await mock.stats()).toMatchObject({ requests: 0 })
  await mock.close()
  await expect(fetch(mock.url)).rejects.toThrow()
  await expect(mock.stats()).rejects.toThrow('ended')
})

test('a failed start is told by its kind', async () => {
  const taken = await mockFor()
  await expect(startMockWorker({}, { port: taken.port })).rejects.toBeInstanceOf(LocalError)
  await expect(startMockWorker({ tokens: -1 })).rejects.toBeInstanceOf(UsageError)
})
