import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isReportFormat, reporters } from '../../src/report/index.ts'
import { names, PLAIN } from './every-report.ts'
import { RESULTS } from './results.ts'

const everyReport = Object.entries(reporters).flatMap(([format, reporter]) =>
  names.map((name) => [format, name, reporter] as const),
)

const golden = (name: string, extension: string) => join(import.meta.dirname, '..', 'golden', `${name}.${extension}`)

/** A page without what is the same in all of them, and without the result, which has its own tests. */
const contentOf = (page: string) =>
  page.replace(/(<(?:style|script)\b[^>]*>)[\s\S]*?(?=<\/)/g, '$1').replace(/'sha256-[^']*'|&#39;sha256-.*?&#39;/g, 'sha256')

describe('golden reports', () => {
  const shown = everyReport.filter(([format]) => !['json', 'hlog', 'csv', 'jsonl', 'prometheus'].includes(format))
  test.each(shown)('%s of %s', async (format, name, reporter) => {
    const text = reporter.render(RESULTS[name], PLAIN)
    await expect(format === 'html' ? contentOf(text) : text).toMatchFileSnapshot(golden(`${format}-${name}`, reporter.extension))
  })
})

describe('every reporter', () => {
  test.each(everyReport)('%s of %s: pure, ends with one line feed, no control characters', (format, name, reporter) => {
    const before = JSON.stringify(RESULTS[name])
    const text = reporter.render(RESULTS[name], PLAIN)
    expect(reporter.render(RESULTS[name], PLAIN)).toBe(text)
    expect(JSON.stringify(RESULTS[name])).toBe(before)
    // Lines of JSON for nothing are none; those of CSV end in CR and LF.
    if (format !== 'jsonl' || text !== '') expect(text).toMatch(/[^\n]\n$/)
    expect(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/.test(format === 'csv' ? text.replaceAll('\r\n', '\n') : text)).toBe(false)
  })

  test('is found by its name', () => {
    expect(isReportFormat('junit')).toBe(true)
    expect(isReportFormat('toString')).toBe(false)
  })
})
