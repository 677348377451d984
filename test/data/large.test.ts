import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { costMeter } from '../support/cost.ts'
import { feeder, folder } from './files.ts'

const ROWS = 700_000
const MIB = 1024 * 1024
const made = folder({})

beforeAll(() => {
  const fd = openSync(join(made.dir, 'large.csv'), 'w')
  writeSync(fd, 'n,name,text\n')
  for (let first = 0; first < ROWS; first += 1000) {
    const lines = Array.from({ length: 1000 }, (_, index) => `${first + index},"user, ${first + index}",${'x'.repeat(50)}\n`)
    writeSync(fd, lines.join(''))
  }
  closeSync(fd)
})

afterAll(made.cleanup)

const collect = collector()

/** V8's collector, which needs a flag. */
function collector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

test('50 MB in a row: every row once, memory stays flat, a row costs microseconds', async () => {
  const rows = await feeder(made.dir, { file: 'large.csv', pick: 'unique' })
  for (let index = 0; index < 1000; index += 1) rows.next(0)
  collect()
  const before = process.memoryUsage()
  const spent = costMeter()
  let count = 1000
  let sum = 0
  for (let row = rows.next(0); row; row = rows.next(0)) {
    sum += Number(row.n)
    count += 1
  }
  const microsPerRow = (spent() * 1000) / ROWS
  expect(count).toBe(ROWS)
  expect(sum).toBe((ROWS * (ROWS - 1)) / 2 - (1000 * 999) / 2)
  // Outside of the heap nothing may pile up, and the heap keeps nothing; how much is not collected yet is V8's affair.
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(4 * MIB)
  collect()
  expect(process.memoryUsage().heapUsed - before.heapUsed).toBeLessThan(8 * MIB)
  expect(microsPerRow).toBeLessThan(50)
  rows.close()
})

test('50 MB at random: the index is small, and each row is the right one', async () => {
  collect()
  const before = process.memoryUsage()
  const rows = await feeder(made.dir, { file: 'large.csv', pick: 'shuffle', onEnd: 'stop' })
  const seen = new Uint8Array(ROWS)
  const spent = costMeter()
  for (let draw = 0; draw < 100_000; draw += 1) {
    const row = rows.next(0)
    if (row?.name !== `user, ${row?.n}`) throw new Error(`a torn row: ${JSON.stringify(row)}`)
    seen[Number(row.n)] = (seen[Number(row.n)] ?? 0) + 1
  }
  expect((spent() * 1000) / 100_000).toBeLessThan(200)
  expect(seen.reduce((all, times) => all + times, 0)).toBe(100_000)
  expect(Math.max(...new Set(seen))).toBe(1)
  collect()
  const now = process.memoryUsage()
  expect(now.heapUsed + now.external - before.heapUsed - before.external).toBeLessThan(16 * MIB)
  rows.close()
})
