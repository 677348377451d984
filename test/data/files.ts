/** Folders with data files for the tests of this room. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type * as z from 'zod'
import { type Feeder, feederSchema, openFeeder, type Row } from '../../src/data/index.ts'
import { createRandom } from '../../src/random.ts'
import type { Share } from '../../src/statistics/parts/share.ts'

/** A new folder with these files; it goes when `cleanup` is called. */
export function folder(files: Record<string, string | Uint8Array>): { dir: string; cleanup: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'burn-data-'))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  return { dir, cleanup: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A new folder with these files, for the test that asks for it. */
export function dirWith(files: Record<string, string | Uint8Array>): string {
  const { dir, cleanup } = folder(files)
  onTestFinished(cleanup)
  return dir
}

type Input = z.input<typeof feederSchema>

/** A feeder as the runner opens it. */
export function feeder(dir: string, input: Input, options: { seed?: string; share?: Share } = {}): Promise<Feeder> {
  const random = createRandom(options.seed ?? 'seed', 'data', 'rows')
  return openFeeder(feederSchema.parse(input), { baseDir: dir, random, ...(options.share && { share: options.share }) })
}

/** Up to `count` rows; fewer when they are used up. */
export function take(from: Feeder, count: number, user = 0): Row[] {
  const rows: Row[] = []
  for (let row = count > 0 ? from.next(user) : undefined; row; row = rows.length < count ? from.next(user) : undefined)
    rows.push(row)
  return rows
}
