import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../../../src/scenario/validate.ts'
import { scenarioText } from '../../../../src/templates/emit.ts'
import type { Data } from '../../../../src/templates/template.ts'
import { runPlaced } from '../../run-template.ts'
import { convert, errorsOf, read } from '../convert.ts'

describe('Krawall', () => {
  const { scenario, notes, format } = convert(read('krawall.yaml'))

  test('is recognised and valid, and keeps what it says of itself', () => {
    expect(format).toBe('krawall')
    expect(errorsOf(scenario)).toEqual([])
    expect(scenario).toMatchObject({
      name: 'Support escalation',
      load: [{ iterationsPerUser: 3, users: 2 }],
      verbosity: 'extreme',
      tags: { category: 'LOGIC' },
      conversation: { reset: 'never' },
    })
  })

  test('translates its target', () => {
    expect(scenario.target).toEqual({
      url: 'http://127.0.0.1:9/v1',
      protocol: 'http',
      dialect: 'generic',
      auth: { type: 'apiKey', name: 'X-My-Key', value: '${env.TARGET_API_KEY}' },
      model: 'gpt-x',
      request: {
        structure: { model: '{{model}}', messages: [{ role: 'user', content: '' }] },
        messagePath: '$.messages[0].content',
      },
      response: { text: '$.choices[0].message.content', error: '$.error.message' },
      headers: { 'x-tenant': 'a' },
      timeouts: { total: '30000ms' },
      rateLimit: { requests: '5/s', burst: 20, scope: 'user', whenFull: 'wait' },
      http: { method: 'POST', path: 'chat' },
    })
    expect(scenario.vars).toEqual({ greeting: 'Hello at {{isoTimestamp}}', index: '7' })
  })

  test('keeps persona, query, token counts, session token and the time that a message had', () => {
    const { scenario: one, notes: told } = convert({
      name: 'n',
      sessionTokenPaths: ['$.session.token', '$.other'],
      target: {
        connectorType: 'HTTP_REST',
        endpoint: 'http://127.0.0.1:9',
        protocolConfig: { persona: 'support', query: { version: 2 } },
        requestTemplate: { structure: { model: 'model', text: '' }, messagePath: 'text', variables: { model: 'm-1' } },
        responseTemplate: { responsePath: 'text', tokenUsagePath: 'meta.usageMetadata' },
      },
      customMessages: ['a'],
    })
    expect(one.target).toMatchObject({
      model: 'm-1',
      headers: { 'X-Persona': 'support' },
      query: { version: '2' },
      timeouts: { total: '30000ms' },
      request: { structure: { model: 'model', text: '', persona: 'support' }, messagePath: '$.text' },
      response: {
        usage: { input: '$.meta.usageMetadata.promptTokenCount', output: '$.meta.usageMetadata.candidatesTokenCount' },
      },
    })
    expect(one.conversation).toMatchObject({ id: { from: '$.session.token', sendAs: 'header:token' } })
    expect(one).not.toHaveProperty('vars')
    expect(told.join('\n')).toContain('structure.model is the plain word "model"')
    expect(told.join('\n')).toContain('sessionTokenPaths: $.other was left out')
    const { problems } = validateScenario(scenarioText(one, 'yaml'), 't.yaml', { noEnv: true })
    expect(problems).toEqual([])
  })

  test('translates its steps: loops that ran nothing there run here', () => {
    expect(scenario.steps).toEqual([
      { message: '{{greeting}} and {{reply.text}}', name: 'start' },
      { delay: '1500ms' },
      {
        loop: {
          times: 4,
          steps: [
            { message: 'Message {{conversation.messageIndex}} of {{conversation.history}}', name: 'more' },
            { delay: '1500ms' },
          ],
        },
      },
      { delay: '250ms' },
      {
        if: 'contains:yes',
        then: [{ message: 'Good, $${price}', name: 'yes' }, { delay: '1500ms' }],
        else: [{ message: 'Why not?', name: 'no' }, { delay: '1500ms' }],
      },
      { if: 'reply.text.contains("no")', then: [{ message: 'hm', name: 'odd-1' }, { delay: '1500ms' }] },
    ])
  })

  test('translates its rules for errors', () => {
    expect(scenario.onError).toEqual({
      default: 'retry',
      retry: { max: 2, delay: '500ms', multiplier: 2, maxDelay: '4000ms', jitter: false },
      rules: [
        { status: [401, 403], do: 'abort' },
        { status: [429], do: 'retry', retry: { max: 5, delay: '100ms', multiplier: 2, maxDelay: '4000ms', jitter: false } },
      ],
    })
  })

  test('says what it could not keep, and keeps no secret', () => {
    expect(notes).toEqual([
      'target.authConfig.apiKey is a secret and was not copied: set the environment variable TARGET_API_KEY',
      'steps.0.next was left out: Krawall never followed it, the order is that of the list',
      'steps.4.condition "moon is full" is not a known condition; Krawall took it for false, so only the other branch is kept',
    ])
    expect(JSON.stringify({ scenario, notes })).not.toContain('topsecret')
  })

  test('a loop sends exactly its count', async () => {
    const source = { ...(read('krawall.yaml') as Data), target: undefined, delayBetweenMs: 0, errorHandling: undefined }
    const { scenario: direct } = convert(source, { forFile: false })
    const { attempts } = await runPlaced(direct)
    // start, four rounds, one branch or the other, and the last one when the reply has "no"
    const perIteration = attempts.filter(({ prompt }) => !prompt.startsWith('hm'))
    expect(perIteration).toHaveLength(6 * 3 * 2)
  })

  test('a message template may use another, whichever stands first', async () => {
    const messageTemplates = { greet: 'Hi, I want {{product}}', product: 'shoes' }
    const { scenario: one } = convert({ name: 'n', messageTemplates, customMessages: ['{{greet}} now'] }, { forFile: false })
    expect(errorsOf(one)).toEqual([])
    const { attempts } = await runPlaced(one)
    expect(attempts.map(({ prompt }) => prompt)).toEqual(['Hi, I want shoes now'])
  })

  test('without a target it is the mock, and says so', () => {
    const { scenario: one, notes: told } = convert({ name: 'n', customMessages: ['a', 'b'], repetitions: 2 })
    expect(one.target).toMatchObject({ url: 'mock:' })
    expect(one.steps).toEqual([{ message: 'a' }, { message: 'b' }])
    expect(told.join()).toContain('embedded mock')
    expect(errorsOf(one)).toEqual([])
  })
})
