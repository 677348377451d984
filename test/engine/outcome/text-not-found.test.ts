import { describe, expect, test } from 'vitest'
import { MemoryTarget, type Reply, runVirtual } from '../../support/virtual.ts'
import { JSON_TYPE } from './run-of.ts'

describe('text_not_found', () => {
  const json = (text: string): Reply => ({ headMs: 5, headers: JSON_TYPE, pieces: [[0, text]] })
  const shapeless = json('{"answer_v2":{"parts":["hi"]}}')
  const generic = ({ url }: MemoryTarget) => ({ url, dialect: 'generic' as const })

  test('in every reply of a message step: the measurement is degraded, and says what to do', async () => {
    const { result } = await runVirtual({
      name: 'shaped',
      target: generic(new MemoryTarget({ reply: () => shapeless })),
      load: [{ users: 1, iterations: 4 }],
      steps: [{ message: 'hello', name: 'ask' }],
    })
    expect(result.warnings).toEqual({ text_not_found: 4 })
    expect(result.validity.state).toBe('degraded')
    const [reason, ...others] = result.validity.reasons
    expect(reason).toMatchObject({ code: 'text_not_found', level: 'degraded' })
    expect(reason?.message).toContain('no text was found in any reply to ask')
    expect(reason?.hint).toContain('burn ping')
    expect(others).toEqual([])
  })

  test('in some replies, or in those of a request step, it is a warning alone', async () => {
    // Of the four messages the first and the third have no text.
    const target = new MemoryTarget({
      reply: ({ path }, n) => (path === '/chat' || n % 4 === 0 ? shapeless : json('{"text":"hi"}')),
    })
    const { result } = await runVirtual({
      name: 'mixed',
      target: generic(target),
      load: [{ users: 1, iterations: 4 }],
      steps: [{ message: 'hello' }, { request: { method: 'GET', path: '/chat' } }],
    })
    expect(result.warnings.text_not_found).toBe(2)
    expect(result.validity.reasons).toEqual([])
  })
})
