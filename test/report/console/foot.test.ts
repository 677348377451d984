import { expect, test } from 'vitest'
import { fileLines, generatorLines, legend, noteLines, warmupLines } from '../../../src/report/console/foot.ts'
import { makePen } from '../../../src/report/text/pen.ts'
import { counts, fine, slice } from '../results.ts'

const pen = makePen({ color: false, width: 200, unicode: true })
const bare = (lines: readonly string[]) => lines.map((line) => line.trim().replace(/ {2,}/g, ' | '))

test('the generator in whole per cent, of all its processors', () => {
  const generator = { ...fine.generator, loopUtilization: 0.004, cpuShare: 1, stalledMs: 1500 }
  const [line] = bare(generatorLines({ ...fine, generator, environment: { ...fine.environment, cpus: 4 } }, pen))
  expect(line).toMatch(/^generator \| lag p99 .* · event loop <1% busy · CPU 25% · stalled 1\.5s$/)
  expect(generatorLines({ ...fine, environment: { ...fine.environment, cpus: 0 } }, pen)).toEqual([])
})

test('a warm-up says that it is kept out', () => {
  expect(bare(warmupLines({ ...fine, warmup: slice(counts(5, 2), {}, 10_000) }, pen))).toEqual([
    'warm-up | 7 attempts (2 failed) in 10s, kept out of the totals',
  ])
  expect(warmupLines({ ...fine, warmup: null }, pen)).toEqual([])
})

test('notes are whole and safe, files stand behind their folder', () => {
  expect(bare(noteLines({ ...fine, notes: ['a\x1b', 'b', 'c'] }, pen, 2))).toEqual(['note | a\\u{1b}', 'note | b'])
  const files = [{ path: 'a.json' }, { path: 'b.md' }] as unknown as typeof fine.files
  expect(bare(fileLines({ ...fine, files }, pen, 'out'))).toEqual(['files | out', 'a.json, b.md'])
})

test('the legend explains what is there, and nothing else', () => {
  expect(legend(['  ttft p95', '~12ms'], pen)).toEqual(['  ttft first token, ~ few samples'])
  expect(legend(['~ nothing'], pen)).toEqual([])
})
