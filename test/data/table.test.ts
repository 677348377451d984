import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataError, openTable } from '../../src/data/index.ts'
import { upTo } from './drawn.ts'
import { dirWith } from './files.ts'

test('a large table is read row by row, and sees that its file was rewritten', async () => {
  const line = (index: number): string => `${index},"${'x'.repeat(60)}\n""${index}"""`
  const dir = dirWith({ 'd.csv': `n,text\n${upTo(80_000).map(line).join('\n\n')}\n` })
  const table = await openTable({ file: 'd.csv' }, { baseDir: dir })
  expect(table.count).toBe(80_000)
  for (const index of [0, 1, 4095, 4096, 41_234, 79_999]) {
    expect(table.row(index)).toEqual({ n: String(index), text: `${'x'.repeat(60)}\n"${index}"` })
  }
  expect(() => table.row(80_000)).toThrow(RangeError)
  writeFileSync(join(dir, 'd.csv'), `${'x,'.repeat(4_000_000)}\n`)
  expect(() => table.row(500)).toThrow(DataError)
  table.close()
})
