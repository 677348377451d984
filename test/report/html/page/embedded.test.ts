/** The result within its page. */
import { describe, expect, test } from 'vitest'
import { html } from '../../../../src/report/html/html.ts'
import { resultSchema } from '../../../../src/result/schema.ts'
import { names, PLAIN } from '../../every-report.ts'
import { errorGroup, fine, RESULTS } from '../../results.ts'

const pages = names.map((name) => [name, html.render(RESULTS[name], PLAIN)] as const)

describe('the data of the page', () => {
  const dataOf = (page: string): unknown =>
    JSON.parse(/<script type="application\/json" id="burn-result">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '')

  test.each(pages)('%s is a result that can be read', (name, page) => {
    const result = resultSchema.parse(dataOf(page))
    expect(result.runId).toBe(RESULTS[name].runId)
    expect(result.total.counts).toEqual(RESULTS[name].total.counts)
    expect(result.timeline.length).toBe(RESULTS[name].timeline.length)
  })

  test('a text that ends the element is kept without ending it', () => {
    const reason = '</script><script>alert(1)</script><!--\u2028]]>'
    const page = html.render({ ...fine, reason }, PLAIN)
    expect(dataOf(page)).toMatchObject({ reason })
    expect(page.match(/<\/script>/g)).toHaveLength(2)
    expect(page).not.toMatch(/[\u2028\u2029]/)
  })

  test('long texts and lists are cut', () => {
    const errors = Array.from({ length: 500 }, (_, at) => errorGroup({ sample: 'x'.repeat(5000), fingerprint: `f${at}` }))
    const data = resultSchema.parse(dataOf(html.render({ ...fine, errors }, PLAIN)))
    expect(data.errors).toHaveLength(200)
    expect(data.errors[0]?.sample).toBe(`${'x'.repeat(1000)}…`)
  })
})
