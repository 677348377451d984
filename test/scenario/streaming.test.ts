/** `stream: false` is kept, or refused where it stands. */
import { describe, expect, test } from 'vitest'
import { presets } from '../../src/dialects/presets.ts'
import { compileTarget } from '../../src/scenario/compile/target/target.ts'
import { UnusableTarget } from '../../src/scenario/compile/target/unusable.ts'
import type { TargetBlock } from '../../src/scenario/schema/target.ts'

const problemOf = (block: TargetBlock): string => {
  try {
    compileTarget(block)
    return ''
  } catch (error) {
    if (!(error instanceof UnusableTarget)) throw error
    return `${error.path.join('.')}: ${error.message}; ${error.hint}`
  }
}

const acceptOf = (block: TargetBlock): unknown => {
  const { accept } = { accept: undefined, ...(compileTarget(block).headers.render({}, { next: () => 0 } as never) as object) }
  return accept
}

test.each(Object.keys(presets))('preset %s: whole replies, or a reason why not', (preset) => {
  const block = { preset, model: 'm', stream: false }
  const problem = problemOf(block)
  if (['openai-responses-ws', 'custom-sse'].includes(preset)) expect(problem).toMatch(/^stream: /)
  else {
    const target = compileTarget(block)
    expect(target.chat.stream).toBe(false)
    expect(target.url.source).not.toMatch(/streamGenerateContent/)
    if (target.protocol === 'http') expect(acceptOf(block)).toMatch(/^application\/json, /)
  }
})

test.each([[true], [undefined]])('stream: %s asks as before', (stream) => {
  const block = { preset: 'openai-chat', ...(stream !== undefined && { stream }) }
  expect(compileTarget(block).chat.stream).toBe(true)
  expect(acceptOf(block)).toBeUndefined()
})

describe('Gemini', () => {
  const at = (method: string) => `http://h/v1beta/models/m:${method}`
  test('has another address for whole replies, for bases too', () => {
    const url = compileTarget({ preset: 'gemini', url: 'http://h', model: 'm', stream: false }).url.source
    expect(url).toBe('http://h/v1beta/models/{{model}}:generateContent')
  })
  test.each([
    [false, 'streamGenerateContent?alt=sse', /^stream: the address asks for a stream/],
    [true, 'generateContent', /^stream: the address asks for a whole reply/],
    [false, 'generateContent', /^$/],
    [true, 'streamGenerateContent?alt=sse', /^$/],
  ])('stream: %s at an address of its own that ends in %s', (stream, method, problem) => {
    expect(problemOf({ preset: 'gemini', url: at(method), model: 'm', stream })).toMatch(problem)
  })
})
