import { describe, expect, test } from 'vitest'
import { runScenario } from '../../../support/virtual.ts'
import { answer, generic } from '../../outcome/run-of.ts'
import { faulty } from '../../targets.ts'

describe('what is held of a reply', () => {
  const long = 'y'.repeat(300_000)
  const held = async (more: object, step: object = {}) => {
    const { url } = await faulty({ '/chat': answer(JSON.stringify({ text: long })) })
    const { attempts } = await runScenario({
      name: 'held',
      target: generic(`${url}/chat`),
      load: [{ users: 1, iterations: 1 }],
      conversation: { memory: 'none' },
      steps: [{ message: 'hello', ...step }],
      ...more,
    })
    const { text: said, rawBody } = attempts[0]?.exchange ?? {}
    return [said?.length === long.length, (rawBody?.byteLength ?? 0) > 0]
  }

  test.each([
    ['nobody asks', {}, {}, [false, false]],
    ['the conversation remembers', { conversation: { memory: 'full' } }, {}, [true, false]],
    ['a check looks inside', {}, { expect: [{ contains: 'yyy' }] }, [true, true]],
    ['a check looks at the clock', {}, { expect: [{ ttft: '< 1m' }] }, [false, false]],
    ['a capture looks inside', {}, { capture: { all: 'text' } }, [true, true]],
    ['a template reads the text', { steps: [{ message: 'hi' }, { set: { n: '{{reply.text}}' } }] }, {}, [true, false]],
    ['a template reads the JSON', { steps: [{ message: 'hi' }, { set: { n: '{{reply.json.text}}' } }] }, {}, [true, true]],
    ...[
      'reply["json"].text == "x"',
      "reply['json'].text == 'x'",
      'has(reply.json.text)',
      'reply . json != null',
      '"json" in reply',
    ].map((condition): [string, object, object, boolean[]] => [
      `a condition reads the JSON: ${condition}`,
      { steps: [{ message: 'hi' }, { if: condition, then: [{ delay: '1ms' }] }] },
      {},
      [true, true],
    ]),
    [
      'a condition reads a member',
      { steps: [{ message: 'hi' }, { if: 'reply.tokens == 1', then: [{ delay: '1ms' }] }] },
      {},
      [true, false],
    ],
    ['a text that only looks like it', { vars: { path: '$.reply' } }, {}, [false, false]],
  ])('%s', async (_, more, step, whole) => expect(await held(more, step)).toEqual(whole))
})
