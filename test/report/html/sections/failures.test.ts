/** When failures came, on the page. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import type { Result } from '../../../../src/result/schema.ts'
import { PLAIN } from '../../every-report.ts'
import { errorGroup, fine } from '../../results.ts'

describe('when failures came', () => {
  const strip = (over: Partial<Result['errors'][number]>) => {
    const page = html.render({ ...fine, durationMs: 100_000, errors: [errorGroup(over)] }, PLAIN)
    const section = /<section id="failures"[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''
    return Array.from(section.matchAll(/class="fill" x="([^"]*)" y="([^"]*)" width="([^"]*)" height="([^"]*)"/g), ([, ...all]) =>
      all.join(' '),
    )
  }

  test('bars are as high as many came, from the first to the last of them', () => {
    const overTime = { widthMs: 10_000, counts: [4, 0, 1] }
    expect(strip({ count: 5, firstMs: 20_000, lastMs: 45_000, overTime })).toEqual(['20.0 0.0 10.0 10.0', '40.0 7.5 5.0 2.5'])
  })

  test('a result of an older version has one bar from the first to the last', () => {
    expect(strip({ count: 5, firstMs: 20_000, lastMs: 45_000 })).toEqual(['20.0 0.0 25.0 10.0'])
    expect(strip({ count: 1, firstMs: 100_000, lastMs: 100_000 })).toEqual(['98.5 0.0 1.5 10.0'])
  })
})
