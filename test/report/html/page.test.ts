/** The page as a document: what it allows, what it holds, and that no text becomes an element. */
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { names, PLAIN } from '../every-report.ts'
import { fine, HOSTILE, RESULTS, step } from '../results.ts'

const pages = names.map((name) => [name, html.render(RESULTS[name], PLAIN)] as const)

/** The page without style, script and data, whose texts may hold anything. */
const elementsOf = (page: string) => page.replace(/(<(style|script)\b[^>]*>)[\s\S]*?<\/\2>/g, '$1</$2>')
const insides = (page: string, element: string) =>
  Array.from(page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g')), ([, inside = '']) => inside)

describe('the page', () => {
  test.each(pages)('%s allows its own style and script and nothing else', (_, page) => {
    const policy = (/http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '').replaceAll('&#39;', "'")
    const [style = '', ...styles] = insides(page, 'style')
    const [script = '', ...scripts] = insides(page, 'script')
    expect([styles, scripts]).toEqual([[], []])
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hash(style)}`,
      `script-src ${hash(script)}`,
      "base-uri 'none'",
      "form-action 'none'",
    ])
    expect(() => new Script(script)).not.toThrow()
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|\bfetch\b|XMLHttp/)
  })

  test.each(pages)('%s has no element or attribute that loads, runs or styles', (_, page) => {
    const tags = new Set(Array.from(elementsOf(page).matchAll(/<\/?([a-zA-Z][\w-]*)/g), ([, tag = '']) => tag))
    const known =
      'a body br caption code dd details div dl dt footer figcaption figure h1 h2 h3 head header html li line main meta nav ol output p path pre q rect'
    const more = 'script section span strong style summary svg table tbody td text tfoot th thead title tr ul'
    expect([...tags].filter((tag) => !`${known} ${more}`.split(' ').includes(tag))).toEqual([])
    expect(elementsOf(page)).not.toMatch(/<[^>]*\s(?:on\w+|style|src|srcset|xlink:href|action)=/)
    expect(Array.from(elementsOf(page).matchAll(/href="([^"]*)"/g), ([, to = '']) => to[0]).every((sign) => sign === '#')).toBe(
      true,
    )
  })

  test.each(pages)('%s closes what it opens, and its links and labels lead somewhere', (_, page) => {
    const open: string[] = []
    const empty = new Set(['meta', 'br', 'rect'])
    for (const [, end, tag = '', self] of elementsOf(page).matchAll(/<(\/?)([a-zA-Z][\w-]*)(?:[^>"]|"[^"]*")*?(\/?)>/g)) {
      if (end === '/') expect(open.pop()).toBe(tag)
      else if (self !== '/' && !empty.has(tag)) open.push(tag)
    }
    expect(open).toEqual([])
    const ids = Array.from(elementsOf(page).matchAll(/\bid="([^"]*)"/g), ([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const named = Array.from(elementsOf(page).matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g), ([, id]) => id)
    expect(named.filter((id) => !ids.includes(id))).toEqual([])
  })

  test('the scenario of a hostile text is named, and its text is text', () => {
    const page = html.render({ ...fine, scenarioName: '</title><script>alert(1)</script>', reason: HOSTILE }, PLAIN)
    expect(page).toContain('<h1>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</h1>')
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).toContain('&lt;b&gt;')
  })
})

test('a step without attempts, and a check that was never made, have dashes', () => {
  const page = html.render(
    { ...fine, steps: [step('never', RESULTS.empty.total, [{ check: 'c', passed: 0, failed: 0, samples: [] }])] },
    PLAIN,
  )
  expect(page).toContain('<td class="num" data-value="">–</td>')
})
