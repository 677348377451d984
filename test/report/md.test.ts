import { describe, expect, test } from 'vitest'
import { reporters } from '../support/reporters.ts'
import { names, PLAIN } from './every-report.ts'
import { RESULTS } from './results.ts'

describe('md', () => {
  test.each(names)('%s fits a step summary, and its tables are whole', (name) => {
    const text = reporters.md.render(RESULTS[name], PLAIN)
    expect(Buffer.byteLength(text)).toBeLessThan(60 * 1024)
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length
    const blocks = text.split('\n\n').filter((block) => block.startsWith('|'))
    for (const block of blocks) expect(new Set(block.split('\n').map(cells)).size).toBe(1)
    expect(text).not.toMatch(/<b>|<script/)
  })
})
