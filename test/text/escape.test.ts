import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  githubAnnotationData,
  githubAnnotationProperty,
  markdownCell,
  safeJson,
  terminalSafe,
  xmlAttribute,
  xmlText,
} from '../../src/text/escape.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 60 })
/** UTF-16 units of any kind, so lone surrogates too. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units))

const CI_VARIABLES = ['CI', 'GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION']
beforeEach(() => {
  for (const name of CI_VARIABLES) vi.stubEnv(name, undefined)
})
afterEach(() => vi.unstubAllEnvs())

describe('in the log of a CI runner', () => {
  test.each([
    ['::error::owned', '\\u{3a}:error\\u{3a}:owned'],
    ['fine\n  ::set-output name=x::y', 'fine\n  \\u{3a}:set-output name=x\\u{3a}:y'],
    ['::ADD-MASK::x', '\\u{3a}:ADD-MASK\\u{3a}:x'],
    ['a word that is broken anywhere::stop-commands::x', 'a word that is broken anywhere\\u{3a}:stop-commands\\u{3a}:x'],
    ['text ##[error]owned', 'text \\u{23}#[error]owned'],
    ['##vso[task.setvariable variable=x]y', '\\u{23}#vso[task.setvariable variable=x]y'],
    ["##teamcity[buildStatus text='x']", "\\u{23}#teamcity[buildStatus text='x']"],
    ['[::1]:80, 12::34, ## title', '[::1]:80, 12::34, ## title'],
  ])('%j is printed as %j', (text, expected) => {
    expect(terminalSafe(text)).toBe(text)
    for (const name of CI_VARIABLES) {
      vi.stubEnv(name, 'true')
      expect(terminalSafe(text)).toBe(expected)
      vi.stubEnv(name, undefined)
    }
    vi.stubEnv('CI', 'false')
    expect(terminalSafe(text)).toBe(text)
  })

  test('JSON stays the same data', () => {
    const value = { text: '##[error]x ##vso[y] \u009b31m \u202e ::error::z', n: 1 }
    vi.stubEnv('GITHUB_ACTIONS', 'true')
    const json = safeJson(value, 2)
    expect(json).not.toMatch(/##(?:vso)?\[|[\u007f-\u009f\u202e]/)
    expect(JSON.parse(json)).toEqual(value)
  })
})

describe('terminalSafe', () => {
  test.each([
    ['colour', 'a\x1b[31mred', 'a\\u{1b}[31mred'],
    ['title', '\x1b]0;owned\x07', '\\u{1b}]0;owned\\u{7}'],
    ['overwriting', 'good\rbad \b\b', 'good\\u{d}bad \\u{8}\\u{8}'],
    ['C1 control sequence', '\x9b31m', '\\u{9b}31m'],
    ['device control string', '\x1bP1;1|17/ab\x1b\\', '\\u{1b}P1;1|17/ab\\u{1b}\\'],
    ['bidi override', 'user\u202egnp.exe', 'user\\u{202e}gnp.exe'],
    ['isolates', '\u2066a\u2069', '\\u{2066}a\\u{2069}'],
    ['zero width', 'a\u200b\u200d\ufeffb\u2060', 'a\\u{200b}\\u{200d}\\u{feff}b\\u{2060}'],
    ['DEL and NUL', '\x7f\0', '\\u{7f}\\u{0}'],
    ['lone surrogates', '\ud83d a \ude00', '\\u{d83d} a \\u{de00}'],
    ['tag characters', '\u{e0041}', '\\u{e0041}'],
    ['tab and line feed stay', 'a\tb\nc', 'a\tb\nc'],
    ['letters of the world stay', 'größe 漢字 😀 ❤️ שלום', 'größe 漢字 😀 ❤️ שלום'],
  ])('%s', (_, text, expected) => expect(terminalSafe(text)).toBe(expected))

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['abcd\x1b', 7, 'abcd…'],
    ['ab😀😀', 5, 'ab😀…'],
    ['ab😀😀', 4, 'ab…'],
  ])('%j cut to %d', (text, maxLength, expected) => expect(terminalSafe(text, { maxLength })).toBe(expected))

  test('nothing dangerous comes through, and a cut text keeps its limit', () => {
    fc.assert(
      fc.property(anyUnits, fc.integer({ min: 1, max: 60 }), (text, maxLength) => {
        const output = terminalSafe(text, { maxLength })
        expect(output).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/)
        expect(output.isWellFormed()).toBe(true)
        expect(output.length).toBeLessThanOrEqual(maxLength)
      }),
      { seed: 1 },
    )
  })
})

describe('XML', () => {
  test.each([
    ['markup', '<a href="x">&\'', '&lt;a href="x"&gt;&amp;\''],
    ['end of CDATA', ']]>', ']]&gt;'],
    ['control characters', 'a\0b\x1b[31m\ufffe', 'a\ufffdb\ufffd[31m\ufffd'],
    ['lone surrogates', 'a\ud800b\udc00', 'a\ufffdb\ufffd'],
    ['carriage return', 'a\r\nb', 'a&#13;\nb'],
    ['emoji', '😀', '😀'],
  ])('text: %s', (_, text, expected) => expect(xmlText(text)).toBe(expected))

  test('attributes keep quotes, tabs and line ends', () => {
    expect(xmlAttribute('"a\'\t\r\n<&>\x02')).toBe('&quot;a&#39;&#9;&#13;&#10;&lt;&amp;&gt;\ufffd')
  })

  test('only characters of XML 1.0 come out, and legal text can be read back', () => {
    const read = (xml: string) =>
      xml.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_, code, name) =>
        code ? String.fromCharCode(Number(code)) : { amp: '&', lt: '<', gt: '>', quot: '"' }[name as 'amp'],
      )
    fc.assert(
      fc.property(fc.oneof(anyText, anyUnits), (text) => {
        const expected = Array.from(text, (char) =>
          /^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u.test(char) ? char : '\ufffd',
        ).join('')
        for (const xml of [xmlText(text), xmlAttribute(text)]) {
          expect(xml).not.toMatch(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[<>]/u)
          expect(read(xml)).toBe(expected)
        }
      }),
      { seed: 2 },
    )
  })
})

test.each([
  ['pipes', 'a|b', 'a\\|b'],
  ['escaped pipes', 'a\\|b', 'a\\\\\\|b'],
  ['code', '`x`', '\\`x\\`'],
  ['HTML', '<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
  ['links', '[x](https://e.vil)', '\\[x\\](https&#58;//e.vil)'],
  ['mentions', '@everyone', '&#64;everyone'],
  ['lines', ' a\r\nb\rc\n', 'a<br>b<br>c'],
  ['escape sequences', '\x1b[1m', '\\\\u{1b}\\[1m'],
  ['entities', '&lt;', '&amp;lt;'],
  ['plain', 'openai-chat p95 (ms)', 'openai-chat p95 (ms)'],
])('Markdown cell: %s', (_, text, expected) => expect(markdownCell(text)).toBe(expected))

test('GitHub annotations hold no second command', () => {
  expect(githubAnnotationData('50%\r\n::error::x')).toBe('50%25%0D%0A::error::x')
  expect(githubAnnotationProperty('a:b,c%\n')).toBe('a%3Ab%2Cc%25%0A')
})
