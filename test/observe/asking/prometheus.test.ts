import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_SAMPLES, PrometheusReader } from '../../../src/observe/asking/prometheus.ts'

function read(text: string, pieces = 1, selects: (name: string) => boolean = () => true): PrometheusReader {
  const reader = new PrometheusReader(selects)
  const size = Math.max(1, Math.ceil(text.length / pieces))
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size))
  reader.end()
  return reader
}

describe('lines of the format', () => {
  test.each([
    ['a 1', 'a', [], 1],
    [
      'vllm:num_requests_running{engine="0",model_name="m"} 3.0',
      'vllm:num_requests_running',
      [
        ['engine', '0'],
        ['model_name', 'm'],
      ],
      3,
    ],
    ['a{x="1",} 2', 'a', [['x', '1']], 2],
    ['a{} 2', 'a', [], 2],
    [
      'a { x = "1" , y="2" }  2  ',
      'a',
      [
        ['x', '1'],
        ['y', '2'],
      ],
      2,
    ],
    ['a\t5', 'a', [], 5],
    [String.raw`a{x="q\"b\\s\nn\tt"} 1`, 'a', [['x', 'q"b\\s\nn\\tt']], 1],
    ['a{x="}, y=\\"1"} 1', 'a', [['x', '}, y="1']], 1],
    ['a_bucket{le="+Inf"} 7', 'a_bucket', [['le', '+Inf']], 7],
    ['a 1.5e-3 1395066363000', 'a', [], 0.0015],
    ['a -1', 'a', [], -1],
    ['a .5', 'a', [], 0.5],
    ['a NaN', 'a', [], Number.NaN],
    ['a +Inf', 'a', [], Number.POSITIVE_INFINITY],
    ['a -Inf 1', 'a', [], Number.NEGATIVE_INFINITY],
  ])('%s', (line, name, labels, value) => {
    expect(read(`${line}\r\n`)).toMatchObject({ samples: [{ name, labels, value }], badLines: 0 })
  })

  test.each([
    'a',
    '1a 1',
    'a{x} 1',
    'a{x=1} 1',
    'a{x="1} 1',
    'a{x="1" y="2"} 1',
    'a 1 2 3',
    'a 1 x',
    'a 0x1',
    'a one',
    '{x="1"} 1',
    `a{${'x="1",'.repeat(65)}} 1`,
  ])('no line of it: %s', (line) => {
    expect(read(`${line}\nb 2`)).toMatchObject({ samples: [{ name: 'b', value: 2 }], badLines: 1 })
  })

  test('comments count for nothing, types are kept', () => {
    const { samples, types, badLines } = read('# HELP a text with } and "\n# TYPE a counter\n#\n# EOF\n\na_total 1')
    expect([samples.length, badLines, [...types]]).toEqual([1, 0, [['a', 'counter']]])
  })
})

test('only what is selects is read, also when it is broken elsewhere', () => {
  const { samples, badLines } = read('other{x= 1\nmine 1\nother 2', 1, (name) => name === 'mine')
  expect([samples, badLines]).toEqual([[{ name: 'mine', labels: [], value: 1 }], 0])
})

test('long lines, and more samples than anybody needs, are passed over', () => {
  const long = `a{x="${'y'.repeat(20_000)}"} 1`
  const { samples, badLines } = read(`${long}\nb 2\n${long}\nc 3`, 7)
  expect([samples.map(({ name }) => name), badLines]).toEqual([['b', 'c'], 2])
  const many = read('a 1\n'.repeat(MAX_SAMPLES + 5))
  expect([many.samples.length, many.leftOut]).toEqual([MAX_SAMPLES, 5])
})

const label = fc.tuple(
  fc.constantFrom('le', 'model_name', 'x'),
  fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[\r\n]/.test(text)),
)
const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

test('what is written is read again, however it is cut into pieces', () => {
  const sample = fc.record({
    name: fc.constantFrom('a', 'vllm:b_total', 'C_9'),
    labels: fc.array(label, { maxLength: 4 }),
    value: fc.double(),
  })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (samples, pieces) => {
      const written = ({ name, labels, value }: (typeof samples)[number]) => {
        const number = Number.isFinite(value) ? String(value) : String(value).replace('Infinity', 'Inf')
        return `${name}{${labels.map(([key, text]) => `${key}="${escaped(text)}"`).join(',')}} ${number}\n`
      }
      const { samples: found, badLines } = read(samples.map(written).join(''), pieces)
      expect(badLines).toBe(0)
      // 0 and -0 are written alike.
      expect(found.map((one) => ({ ...one, value: one.value + 0 }))).toEqual(
        samples.map((one) => ({ ...one, value: one.value + 0 })),
      )
    }),
  )
})

test('no text makes it throw or lose the lines behind it', () => {
  const noise = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('a', '{', '}', '"', '\\', ',', '=', ' ', '1', '#', '\n') }),
  )
  fc.assert(
    fc.property(noise, fc.integer({ min: 1, max: 9 }), (text, pieces) => {
      expect(read(`${text}\nlast 1\n`, pieces).samples.at(-1)).toEqual({ name: 'last', labels: [], value: 1 })
    }),
  )
})
