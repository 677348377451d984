import { describe, expect, test } from 'vitest'
import { checkThresholdTags, selectorKey } from '../../../../src/metrics/threshold/threshold.ts'
import { parsed } from '../parse-line.ts'

describe('tags', () => {
  const known = { step: ['open', 'close'], phase: ['peak'], target: [] }

  test.each([
    ['ttft{step=open,phase=peak} p95 < 1s', []],
    ['ttft{stpe=open} p95 < 1s', [{ message: 'there is no tag "stpe"', hint: 'did you mean "step"?', offset: 5, length: 4 }]],
    [
      'ttft{user=open} p95 < 1s',
      [{ message: 'there is no tag "user"', hint: 'known: step, phase, target', offset: 5, length: 4 }],
    ],
    ['ttft{step=opne} p95 < 1s', [{ message: 'no step is called "opne"', hint: 'did you mean "open"?', offset: 10, length: 4 }]],
    ['ttft{step="x y"} p95 < 1s', [{ message: 'no step is called "x y"', hint: 'known: open, close', offset: 10, length: 5 }]],
    ['ttft{target=a} p95 < 1s', [{ message: 'no target is called "a"', hint: 'there are none', offset: 12, length: 1 }]],
  ])('%s', (text, problems) => {
    expect(checkThresholdTags(parsed(text), known)).toEqual(problems)
  })

  test.each([
    [{}, ''],
    [{ step: 'open' }, 'step=open'],
    [{ target: 'prod', step: 'open' }, 'step=open,target=prod'],
    [{ step: 'a,target=b' }, 'step="a,target=b"'],
  ])('%j has the key %s', (tags, key) => {
    expect(selectorKey(tags)).toBe(key)
  })
})
