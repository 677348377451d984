import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isReportFormat, reportFormats } from '../../src/report/index.ts'
import { names, PLAIN } from './every-report.ts'
import { RESULTS } from './results.ts'

const everyReport = Object.entries(reportFormats).flatMap(([format, { extension, load }]) =>
  names.map((name) => [format, name, { extension, load }] as const),
)

const golden = (name: string, extension: string) => join(import.meta.dirname, '..', 'golden', `${name}.${extension}`)

/** A page without what is the same in all of them, and without the result, which has its own tests. */
const contentOf = (page: string) =>
  page.replace(/(<(?:style|script)\b[^>]*>)[\s\S]*?(?=<\/)/g, '$1').replace(/'sha256-[^']*'|&#39;sha256-.*?&#39;/g, 'sha256')

describe('golden reports', () => {
  const shown = everyReport.filter(([format]) => !['json', 'hlog', 'csv', 'jsonl', 'prometheus'].includes(format))
  test.each(shown)('%s of %s', async (format, name, { extension, load }) => {
    const text = (await load()).render(RESULTS[name], PLAIN)
    await expect(format === 'html' ? contentOf(text) : text).toMatchFileSnapshot(golden(`${format}-${name}`, extension))
  })
})

describe('every reporter', () => {
  test.each(everyReport)('%s of %s: pure, ends with one line feed, no control characters', async (format, name, { load }) => {
    const before = JSON.stringify(RESULTS[name])
    const { render } = await load()
    const text = render(RESULTS[name], PLAIN)
    expect(render(RESULTS[name], PLAIN)).toBe(text)
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
