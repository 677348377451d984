/** The page as a document: what it allows, what it holds, and that no text becomes an element. */
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { html } from '../../../src/report/html/html.ts'
import { cutText, markup, oneLine } from '../../../src/report/html/page/markup.ts'
import { resultSchema } from '../../../src/result/schema.ts'
import { names, PLAIN } from '../every-report.ts'
import { errorGroup, fine, HOSTILE, RESULTS, step, threshold } from '../results.ts'

const pages = names.map((name) => [name, html.render(RESULTS[name], PLAIN)] as const)

/** The page without style, script and data, whose texts may hold anything. */
const elementsOf = (page: string) => page.replace(/(<(style|script)\b[^>]*>)[\s\S]*?<\/\2>/g, '$1</$2>')
const insides = (page: string, element: string) =>
  Array.from(page.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g')), ([, inside = '']) => inside)

describe('markup', () => {
  test.each([
    ['<b>&"\'', '&lt;b&gt;&amp;&quot;&#39;'],
    ['a\x1b[2J\u202eb', 'a\\u{1b}[2J\\u{202e}b'],
    ['\ud800', '\\u{d800}'],
  ])('text %j', (text, escaped) => {
    expect(markup`<i title="${text}">${text}</i>`.html).toBe(`<i title="${escaped}">${escaped}</i>`)
  })

  test('pieces and lists of them stay as they are; nothing stands for what is missing', () => {
    expect(markup`<ul>${['a', 'b'].map((text) => markup`<li>${text}</li>`)}${undefined}${false}${7}</ul>`.html).toBe(
      '<ul><li>a</li><li>b</li>7</ul>',
    )
  })

  test('texts are cut, and brought on one line', () => {
    expect(oneLine(' a\n b\tc ')).toBe('a b c')
    expect(oneLine('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`)
    expect(cutText('a\r\nb\x1b', 100)).toBe('a\nb\\u{1b}')
  })
})

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

describe('thresholds', () => {
  const cellOf = (over: Parameters<typeof threshold>[1]) => {
    const page = html.render({ ...fine, thresholds: [threshold('ttft p95 < 800ms', over)] }, PLAIN)
    return (/<section id="thresholds"[\s\S]*?<tbody>\s*<tr>([\s\S]*?)<\/tr>/.exec(page)?.[1] ?? '').replace(/<[^>]*>/g, '|')
  }

  test.each([
    ['half of the limit', { observed: 400, limit: 800 }, '50% below'],
    ['above it', { observed: 1000, limit: 800, state: 'failed' }, '25% above'],
    ['far above it', { observed: 8000, limit: 800, state: 'failed' }, '10 × the limit'],
    ['at it', { observed: 800, limit: 800 }, 'at the limit'],
    ['nothing allowed', { observed: 3, limit: 0, unit: 'count', state: 'failed' }, 'above the limit'],
  ] as const)('%s', (_, over, words) => {
    expect(cellOf(over)).toContain(words)
  })

  test('no margin without samples', () => {
    expect(cellOf({ observed: null, state: 'no_samples', samples: 0 })).not.toMatch(/below|above|the limit/)
  })
})

describe('the command to repeat a run', () => {
  test.each([
    ['chat.yaml', '42', 'burn run chat.yaml --seed 42'],
    ["it's here.yaml", 'a b', "burn run 'it'\\''s here.yaml' --seed 'a b'"],
  ])('%s', (scenarioFile, seed, command) => {
    const page = html.render({ ...fine, scenarioFile, seed }, PLAIN)
    expect(page).toContain(`<code class="break">${markup`${command}`.html}</code>`)
  })

  test.each([null, 'a\x1b.yaml', 'a\u202e.yaml'])('none for %j', (scenarioFile) => {
    expect(html.render({ ...fine, scenarioFile }, PLAIN)).not.toContain('burn run')
  })
})

test('a step without attempts, and a check that was never made, have dashes', () => {
  const page = html.render(
    { ...fine, steps: [step('never', RESULTS.empty.total, [{ check: 'c', passed: 0, failed: 0, samples: [] }])] },
    PLAIN,
  )
  expect(page).toContain('<td class="num" data-value="">–</td>')
})
