/** The drawing of the flow: what lies in what, and what stands beside each step. */
import { describe, expect, test } from 'vitest'
import { flowBody } from '../../../src/report/html/sections/flow.ts'
import type { OutlineLine } from '../../../src/result/schema.ts'
import { counts, fine, HOSTILE, slice, step } from '../results.ts'

const line = (depth: number, kind: OutlineLine['kind'], text = ''): OutlineLine => ({ depth, kind, text })

/** The boxes, each with what it says, indented by how many it lies in. */
function drawn(outline: readonly OutlineLine[] | undefined, steps = fine.steps): string[] {
  const { outline: _, ...rest } = fine
  const html = flowBody({ ...rest, steps, ...(outline && { outline }) })?.html ?? ''
  let depth = -1
  return Array.from(html.matchAll(/<ol|<\/ol|<div class="line">([\s\S]*?)<\/div>/g), ([all, inside = '']) => {
    if (all === '<ol') depth += 1
    if (all === '</ol') depth -= 1
    return inside === ''
      ? ''
      : '  '.repeat(depth) +
          inside
            .replace(/<svg[\s\S]*?<\/svg>|<[^>]*>/g, '')
            .replace(/\s+/g, ' ')
            .trim()
  }).filter((text) => text !== '')
}

describe('the drawing', () => {
  test('nests what belongs to a loop or branch', () => {
    const outline = [
      line(0, 'message', 'open'),
      line(0, 'loop', '2 times'),
      line(1, 'if', 'x'),
      line(2, 'message', 'follow-up'),
      line(1, 'else'),
      line(2, 'delay'),
      line(0, 'delay'),
    ]
    expect(drawn(outline)).toEqual([
      'message open 600 attempts, 100% ok, p95 1.9s',
      'loop 2 times',
      '  if x',
      '    message follow-up 600 attempts, 100% ok, p95 1.5s',
      '  else',
      '    delay',
      'delay',
    ])
  })

  test('of a result without an outline is its steps in a row; one step alone is no flow', () => {
    expect(drawn(undefined)).toHaveLength(2)
    expect(drawn([line(0, 'message', 'open')])).toEqual([])
    expect(drawn(undefined, fine.steps.slice(0, 1))).toEqual([])
  })

  test('bars are beside the step with most attempts; what did not succeed is red', () => {
    const steps = [
      step('a', slice(counts(50, 30, 10, 10))),
      step('b', slice({ ...counts(20, 5), skipped: 25 })),
      step('c', slice(counts(0))),
    ]
    const html = flowBody({ ...fine, steps, outline: steps.map(({ name }) => line(0, 'message', name)) })?.html ?? ''
    const bars = Array.from(
      html.matchAll(/class="ok" width="([^"]*)"[^<]*<rect class="lost" x="([^"]*)" width="([^"]*)"/g),
      ([, ...all]) => all.join(' '),
    )
    expect(bars).toEqual(['50% 50% 50%', '20% 20% 5%', '0% 0% 0%'])
    expect(html).toContain('25 attempts, 80% ok, p95 –, 25 not sent')
    expect(html).toContain('no attempt')
  })

  test('names of a hostile scenario are text', () => {
    const html =
      flowBody({ ...fine, outline: [line(0, 'loop', HOSTILE), line(1, 'message', '<img src=x onerror=alert(1)>')] })?.html ?? ''
    expect(html).not.toMatch(/<img|\x1b|\u202e/)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })
})
