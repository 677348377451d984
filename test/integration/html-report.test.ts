/** The page of a result in a headless Chromium: that it runs nothing of others, fits its window, is accessible, and does what one clicks. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareApart } from '../../src/compare/apart.ts'
import { sideOf } from '../../src/compare/compared-run.ts'
import { APART } from '../../src/compare/metrics.ts'
import { comparisonFormats } from '../../src/report/comparison/index.ts'
import { html } from '../../src/report/html/html.ts'
import type { AnomalyGroup, Result } from '../../src/result/schema.ts'
import { reportedConversation, reportedTurn, TALK } from '../report/conversations.ts'
import { PLAIN } from '../report/every-report.ts'
import { RESULTS } from '../report/results.ts'
import { CHROMIUM, ChromiumPage } from './chromium.ts'
import { Folder } from './programs.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Each of them would run a script, load something, or change the page, if it became more than text. */
const ATTACKS = [
  '<script>window.attacked = 1</script>',
  '</script><script>window.attacked = 2</script>',
  '<img src=x onerror="window.attacked = 3">',
  '"><svg onload="window.attacked = 4">',
  "' onmouseover='window.attacked = 5' autofocus onfocus='window.attacked = 6' x='",
  '</title></style><iframe srcdoc="<script>parent.attacked = 7</script>"></iframe>',
  '<!--<script>',
  ']]><a href="javascript:window.attacked = 8">x</a><style>* { display: none }</style>',
  '<base href="http://127.0.0.1:9/"><link rel=stylesheet href="http://127.0.0.1:9/x.css"><meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">',
  '&lt;script&gt;window.attacked = 9&lt;/script&gt;\u2028{{constructor.constructor("window.attacked = 10")()}}',
]

/** The result with an attack in every text, but in those that have few values. */
function attacked(result: Result): Result {
  const kept = new Set([
    'status',
    'verdict',
    'mode',
    'kind',
    'method',
    'state',
    'severity',
    'unit',
    'level',
    'histogram',
    'schemaVersion',
  ])
  let at = 0
  const attack = (text: string) => `${ATTACKS[at++ % ATTACKS.length]}${text.slice(0, 20)}`
  const changed = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return kept.has(key) ? value : attack(value)
    if (Array.isArray(value)) return value.map((one) => changed(one, key))
    if (typeof value !== 'object' || value === null) return value
    const named = key === 'warnings' || key === 'tags' || key === 'labels'
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [named ? attack(name) : name, changed(one, name)]))
  }
  return changed(result, '') as Result
}

const { thresholdFailed, fine } = RESULTS
const share = { count: 9, mean: 0.9, p5: 0.8, p50: 0.9, p95: 1 }
const CORPUS = attacked({
  ...thresholdFailed,
  tags: { 'a=b': fine.total },
  labels: { a: 'b' },
  warnings: { a: 1 },
  notes: ['a', 'b'],
  outline: [
    { depth: 0, kind: 'flow', text: 'buy', weight: 1 },
    { depth: 1, kind: 'loop', text: '3 times' },
    { depth: 2, kind: 'message', text: 'open' },
  ],
  anomalyGroups: [
    {
      kind: 'slow',
      step: 'open',
      metric: 'ttft',
      unit: 'ms',
      count: 1,
      median: 1,
      limit: 2,
      worst: [{ value: 3, endedAtMs: 4 }],
    },
  ],
  quality: {
    ...{ method: 'heuristic', measured: 9, leftOut: 0, measures: { overall: share }, flags: { loop: { flagged: 1, of: 9 } } },
    settings: { weights: {}, targetLatencyMs: 1000, blocklist: [], language: null },
  },
  baseline: compareApart(sideOf('base', fine), sideOf('new', thresholdFailed), { tolerances: APART, seed: '7' }),
})
const COMPARED = compareApart(sideOf(String(ATTACKS[0]), CORPUS), sideOf('new', fine), { tolerances: APART, seed: '7' })
const HOSTILE_TALK = reportedConversation({
  ...{ why: String(ATTACKS[0]), user: 1 },
  turns: ATTACKS.map((text) => reportedTurn({ step: text, prompt: text, reply: text, failure: text, marks: [text] })),
})
const OF_TALK: AnomalyGroup = {
  ...{ kind: 'slow', step: 'open', metric: 'ttft', unit: 'ms', count: 1, median: 100, limit: 200 },
  worst: [{ value: 280, user: 3, iteration: 12, endedAtMs: 2000 }],
}
const TALKS = { chosen: [TALK, HOSTILE_TALK], recorded: 900, level: 'sample:0.1' }
const PAGES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries({ ...RESULTS, corpus: CORPUS }).map(([name, result]) => [name, html.render(result, PLAIN)]),
  ),
  conversations: html.render({ ...fine, anomalyGroups: [OF_TALK] }, { ...PLAIN, conversations: TALKS }),
  comparison: comparisonFormats.html(COMPARED, PLAIN, { a: [CORPUS], b: [fine] }),
}
const names = Object.keys(PAGES)
const LOOKS = [
  { width: 1280, dark: false },
  { width: 400, dark: true },
  { width: 1280, dark: true },
  { width: 400, dark: false },
] as const

describe.skipIf(CHROMIUM === undefined)(
  'the page in Chromium (skipped where none is installed: apt-get install chromium)',
  () => {
    const folder = new Folder()
    let page: ChromiumPage

    beforeAll(async () => {
      for (const [name, text] of Object.entries(PAGES)) writeFileSync(folder.file(`${name}.html`), text)
      page = await ChromiumPage.start()
    })

    afterAll(async () => {
      await page.close()
      folder.remove()
    })

    const open = async (name: string, look: (typeof LOOKS)[number] = LOOKS[0]) => {
      await page.look(look)
      await page.open(`file://${folder.file(`${name}.html`)}`)
    }

    /** What the checker has against the page that is open. */
    const complaints = async () => {
      await page.evaluate(AXE)
      const all =
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html).join(" | ")))'
      return (await page.evaluate(all)) as string[]
    }

    describe.each(LOOKS)('at $width px, dark: $dark', (look) => {
      test.each(names)('%s loads nothing, says nothing, and is no wider than the window', async (name) => {
        await open(name, look)
        expect(page.said).toEqual([])
        expect(page.requested).toEqual([`file://${folder.file(`${name}.html`)}`])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width)
        expect(await page.evaluate('window.attacked')).toBeUndefined()
        const background = String(await page.evaluate('getComputedStyle(document.body).backgroundColor'))
        const [red = 0] = (background.match(/\d+/g) ?? []).map(Number)
        expect(red < 128).toBe(look.dark)
      })

      test.each(names)('%s is accessible', async (name) => {
        await open(name, look)
        expect(await complaints()).toEqual([])
      })
    })

    test('texts of the corpus are shown as they are, and no element or handler came of them', async () => {
      await open('corpus')
      expect(await page.evaluate('document.querySelectorAll("script, style").length')).toBe(3)
      expect(
        await page.evaluate(
          'document.querySelectorAll("iframe, img, base, link, form, [onload], [onerror], [onfocus], [style]").length',
        ),
      ).toBe(0)
      expect(await page.evaluate('document.querySelector(".reason").textContent')).toContain('window.attacked')
      const name = await page.evaluate('JSON.parse(document.getElementById("burn-result").textContent).scenarioName')
      expect(name).toBe(CORPUS.scenarioName)
      expect(await page.evaluate('document.body.innerText.match(/[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202e]/)')).toBe(
        null,
      )
    })

    test('a script that got into the page after all does not run', async () => {
      const leaky = html
        .render(fine, PLAIN)
        .replace(
          '<main ',
          '<script>window.attacked = 1</script><p id="leak" style="color: red" onclick="window.attacked = 2">x</p><img src="http://127.0.0.1:9/x"><main ',
        )
      writeFileSync(folder.file('leaky.html'), leaky)
      await open('leaky')
      await page.evaluate('document.getElementById("leak").click()')
      expect(await page.evaluate('window.attacked')).toBeUndefined()
      expect(await page.evaluate('getComputedStyle(document.getElementById("leak")).color')).not.toBe('rgb(255, 0, 0)')
      expect(page.said.join('\n')).toContain('Content Security Policy')
      expect((await complaints()).join()).toContain('image-alt')
    })

    describe('tables', () => {
      const column = (at: number) =>
        page.evaluate(`[...document.querySelectorAll('#checks tbody tr')].map((row) => row.cells[${at}].textContent).join()`)
      const head = `document.querySelectorAll('#checks th button')`

      test('sort by a click or a key: up, down, and as they were', async () => {
        await open('thresholdFailed')
        expect(await column(2)).toBe('600,598,0')
        await page.evaluate(`${head}[2].focus()`)
        await page.press('Enter', 13)
        expect(await column(2)).toBe('600,598,0')
        expect(await page.evaluate(`${head}[2].closest('th').ariaSort`)).toBe('descending')
        await page.press('Enter', 13)
        expect(await column(2)).toBe('0,598,600')
        await page.evaluate(`${head}[0].click()`)
        expect(await column(0)).toBe('contains order,status 200,ttft < 1s')
        expect(await page.evaluate(`document.querySelectorAll('#checks [aria-sort]').length`)).toBe(1)
        await page.evaluate(`${head}[0].click(); ${head}[0].click()`)
        expect(await column(0)).toBe('status 200,contains order,ttft < 1s')
      })

      test('only those that are wider than the window are reached by Tab', async () => {
        const reached = () => page.evaluate(`document.querySelector('#thresholds .scroll').tabIndex`)
        await open('thresholdFailed')
        expect(await reached()).toBe(-1)
        await open('thresholdFailed', LOOKS[1])
        expect(await reached()).toBe(0)
      })

      test('a value that is missing sorts last both ways', async () => {
        await open('thresholdFailed')
        await page.evaluate(`${head}[4].click()`)
        expect(await column(4)).toBe('99.67%,99.34%,–')
        await page.evaluate(`${head}[4].click()`)
        expect(await column(4)).toBe('99.34%,99.67%,–')
      })
    })

    describe('charts', () => {
      const shown = (of: string) => page.evaluate(`document.querySelector('[data-of="${of}"]').textContent`)
      const cursors = () =>
        page.evaluate(`[...new Set([...document.querySelectorAll('.cursor')].map((line) => line.getAttribute('x1')))].join()`)
      const zoomed = () =>
        page.evaluate(
          `[...new Set([...document.querySelectorAll('.over-time .inner')].map((each) => parseFloat(each.getAttribute('width')).toFixed(0)))].join()`,
        )
      const button = (name: string) =>
        page.evaluate(
          `[...document.querySelectorAll('.tools button')].find(({ textContent }) => textContent === '${name}').click()`,
        )
      const place = async () => {
        await page.evaluate(`document.querySelector('.over-time figure .area').scrollIntoView({ block: 'center' })`)
        return (await page.evaluate(
          `(({ left, top, width, height }) => ({ left, top, width, height }))(document.querySelector('.over-time figure .area').getBoundingClientRect())`,
        )) as { left: number; top: number; width: number; height: number }
      }

      test('keys move one cursor through all of them, and the legends show its values', async () => {
        await open('fine')
        await page.evaluate(`document.querySelector('.tools input').focus()`)
        await page.press('ArrowLeft', 37)
        expect(await shown('latencies.response_time.p95')).toBe('900ms')
        await page.press('ArrowLeft', 37)
        expect(await shown('latencies.response_time.p95')).toBe('2.4s')
        expect(await shown('started')).toBe('2/s')
        expect(await cursors()).toMatch(/^[\d.]+%$/)
        expect(await page.evaluate(`document.querySelector('.tools input').getAttribute('aria-valuetext')`)).toContain(
          '40s, main: started 2/s',
        )
      })

      test('the mouse moves it as well', async () => {
        await open('fine')
        const { left, top, width } = await place()
        await page.mouse('mouseMoved', left + width * 0.01, top + 20)
        expect(await shown('latencies.response_time.p95')).toBe('700ms')
        await page.mouse('mouseMoved', left + width * 0.99, top + 20)
        expect(await shown('latencies.response_time.p95')).toBe('640ms')
      })

      test('dragging across one zooms all, the button shows the whole run again', async () => {
        await open('fine')
        const { left, top, width } = await place()
        await page.mouse('mouseMoved', left + width * 0.25, top + 20)
        await page.mouse('mousePressed', left + width * 0.25, top + 20)
        await page.mouse('mouseMoved', left + width * 0.75, top + 20)
        await page.mouse('mouseReleased', left + width * 0.75, top + 20)
        expect(await zoomed()).toBe('200')
        expect(await page.evaluate(`document.querySelector('.over-time figure .x').textContent`)).toBe('20s25s30s35s40s45s50s')
        await button('Whole run')
        expect(await zoomed()).toBe('100')
        expect(await page.evaluate(`document.querySelector('.brush').getAttribute('visibility')`)).toBe('hidden')
      })

      test('buttons zoom and move without a mouse', async () => {
        await open('fine')
        await button('Zoom in')
        expect(await zoomed()).toBe('200')
        const from = () => page.evaluate(`document.querySelector('.over-time .inner').getAttribute('x')`)
        const before = await from()
        await button('Earlier')
        expect(await from()).not.toBe(before)
        await button('Zoom out')
        expect(await zoomed()).toBe('100')
        expect(
          await page.evaluate(`[...document.querySelectorAll('.tools button')].map(({ disabled }) => disabled).join()`),
        ).toBe('false,true,true,true,true')
      })
    })

    describe('conversations', () => {
      const opened = async (look?: (typeof LOOKS)[number]) => {
        await open('conversations', look)
        await page.evaluate(`document.querySelectorAll('.talk').forEach((talk) => { talk.open = true })`)
      }
      const button = (name: string) =>
        `[...document.querySelectorAll('.talk .tools button')].find(({ textContent }) => textContent === '${name}')`
      /** What the first conversation shows: where the player is, prompts and replies. */
      const SHOWN = `[...document.querySelectorAll('.talk')[0].querySelectorAll('pre, .tools output')].filter((each) => each.offsetHeight > 0).map(({ textContent }) => textContent).join('|')`
      const shown = () => page.evaluate(SHOWN)
      /** While the first reply comes. */
      const COMES = `(({ length }) => length > 0 && length < 28)(document.querySelector('.reply pre').textContent)`
      const OVER = `document.querySelector('.talk .tools button').textContent === 'Play'`
      const at = (speed: string) => page.evaluate(`document.querySelector('.talk select').value = '${speed}'`)
      /** Waits until the page has changed so that the expression is no longer false, and returns its value. */
      const until = (expression: string) =>
        page.evaluate(`new Promise((resolve) => {
          const look = () => {
            const value = ${expression}
            if (value !== false) resolve(value)
          }
          new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
          look()
        })`)
      const ALL = 'all 2 turns|Hello|What can I do for you today?|Where is my order?'

      test('play shows one prompt and reply after the other, and all of it in the end', async () => {
        await opened()
        expect(await shown()).toBe(ALL)
        expect(await page.evaluate(`${button('Play')}.click(); ${SHOWN}`)).toBe('turn 0 of 2')
        const part = String(await until(`${COMES} && ${SHOWN}`))
        expect(part).toMatch(/^turn 1 of 2\|Hello\|W/)
        expect(ALL).toContain(part.slice('turn 1 of 2'.length))
        expect(await until(`${OVER} && ${SHOWN}`)).toBe(ALL)
      })

      test('pause keeps the text that has come, and play goes on from there', async () => {
        await opened()
        await page.evaluate(`${button('Play')}.click()`)
        const held = String(await until(`${COMES} && (${button('Pause')}.click(), ${SHOWN})`))
        expect(held).toMatch(/^turn 1 of 2\|Hello\|W/)
        expect(held).not.toContain('today?')
        await at('0')
        expect(await shown()).toBe(held)
        await page.evaluate(`${button('Play')}.click()`)
        expect(await until(`${OVER} && ${SHOWN}`)).toBe(ALL)
      })

      test('what comes is in the window, and so are the buttons', async () => {
        await opened(LOOKS[1])
        const second = `document.querySelectorAll('.talk')[1]`
        await page.evaluate(
          `scrollTo(0, 0); ${second}.querySelector('select').value = '0'; ${second}.querySelector('.tools button').click()`,
        )
        const last = `${second}.querySelector('.turns > li:last-child .answer')`
        await until(
          `!${last}.hidden && ${second}.querySelector('.tools button').textContent === 'Play' && ${second}.querySelector('output').textContent.startsWith('all')`,
        )
        const placeOf = async (element: string) =>
          (await page.evaluate(`(({ top, bottom }) => [top, bottom, innerHeight])(${element}.getBoundingClientRect())`)) as [
            number,
            number,
            number,
          ]
        const [, bottom, height] = await placeOf(last)
        expect(bottom).toBeLessThanOrEqual(height)
        const [top, end] = await placeOf(`${second}.querySelector('.tools')`)
        expect(top).toBeGreaterThan(0)
        expect(end).toBeLessThan(bottom)
      })

      test('keys step forward and back, and play', async () => {
        await opened()
        await page.evaluate(`${button('Step')}.focus()`)
        await page.press('Enter', 13)
        expect(await shown()).toBe('turn 1 of 2|Hello')
        await page.press('ArrowRight', 39)
        expect(await shown()).toBe('turn 1 of 2|Hello|What can I do for you today?')
        await page.press('ArrowRight', 39)
        expect(await shown()).toContain('turn 2 of 2|Hello')
        await page.press('ArrowLeft', 37)
        expect(await shown()).toBe('turn 1 of 2|Hello|What can I do for you today?')
        await page.evaluate(`${button('Show all')}.click()`)
        expect(await shown()).toBe(ALL)
      })

      test('the replay of hostile texts shows them as they are, and nothing comes of them', async () => {
        await opened()
        const replies =
          'JSON.stringify([...document.querySelectorAll(".reply pre")].slice(1).map(({ textContent }) => textContent))'
        const before = String(await page.evaluate(replies))
        expect(before).toContain('<script>window.attacked = 1</script>')
        const second = `document.querySelectorAll('.talk')[1]`
        await page.evaluate(`${second}.querySelector('select').value = '0'; ${second}.querySelector('.tools button').click()`)
        await until(
          `${second}.querySelector('output').textContent.startsWith('all') && ${second}.querySelector('.tools button').textContent === 'Play'`,
        )
        expect(await page.evaluate(replies)).toBe(before)
        expect(await page.evaluate('window.attacked')).toBeUndefined()
        expect(await page.evaluate('document.querySelectorAll("script, style").length')).toBe(3)
        expect(page.said).toEqual([])
      })

      test.each(LOOKS)('open, at $width px, they are accessible and fit the window', async (look) => {
        await opened(look)
        expect(await complaints()).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(look.width)
      })

      test('a filter leaves those in which something of one kind happened, and a link to another one shows all again', async () => {
        await open('conversations')
        const visible = async () =>
          page.evaluate(`[...document.querySelectorAll('.talk')].filter((talk) => !talk.hidden).length + ' ' +
            [...document.querySelectorAll('#conversations tbody tr')].filter((row) => !row.hidden).length`)
        expect(await visible()).toBe('2 2')
        const select = `document.querySelector('#conversations > .tools select')`
        const first = String(await page.evaluate(`document.querySelector('.talk').dataset.kinds`))
        const others = await page.evaluate(
          `[...${select}.options].map(({ value }) => value).filter((value) => value !== '' && value !== 'failed')`,
        )
        expect(first).toBe('failed')
        const other = (others as string[])[0] ?? ''
        await page.evaluate(`${select}.value = ${JSON.stringify(other)}; ${select}.dispatchEvent(new Event('change'))`)
        expect(await visible()).toBe('1 1')
        await page.evaluate(`document.querySelector('#anomalies td a').click()`)
        await until(`document.querySelector('.talk').open`)
        expect(await visible()).toBe('2 2')
        expect(await page.evaluate(`${select}.value`)).toBe('')
        await complaints().then((found) => expect(found).toEqual([]))
      })

      test('what stands out leads to its conversation and opens it', async () => {
        await open('conversations')
        expect(await page.evaluate(`document.querySelector('.talk').open`)).toBe(false)
        await page.evaluate(`document.querySelector('#anomalies td a').click()`)
        await until(`document.querySelector('.talk').open`)
        const top = Number(await page.evaluate(`document.querySelector('#talk-3-12').getBoundingClientRect().top`))
        expect(top).toBeGreaterThan(0)
        expect(top).toBeLessThan(900)
        expect(await page.evaluate(`document.querySelectorAll('.talk')[1].open`)).toBe(false)
      })

      test('without the script a transcript opens as it is', async () => {
        await page.send('Emulation.setScriptExecutionDisabled', { value: true })
        await opened()
        const still = await shown()
        await page.send('Emulation.setScriptExecutionDisabled', { value: false })
        expect(still).toBe(ALL.replace('all 2 turns|', ''))
      })
    })

    test('without its script the page shows the same sections and figures', async () => {
      await open('fine')
      const words = 'document.querySelector("main").innerText.replace(/\\s+/g, " ")'
      await page.send('Emulation.setScriptExecutionDisabled', { value: true })
      await open('fine')
      const still = String(await page.evaluate(words))
      await page.send('Emulation.setScriptExecutionDisabled', { value: false })
      expect(still).toContain('Response p95 1.9s')
      expect(still).toContain('follow-up 600 600 0')
      expect(await page.evaluate('document.querySelectorAll(".tools").length')).toBe(0)
    })
  },
)
