import { describe, expect, test } from 'vitest'
import { templates } from '../../src/templates/index.ts'
import { ITERATIONS, quick, runOnMock } from './run-template.ts'

describe('counts', () => {
  test.each(templates.map((t) => [t.name, t] as const))('%s', async (_name, template) => {
    const { attempts, mock, result } = await runOnMock(quick(template))
    const bad = attempts.filter(a => a.exchange.outcome !== 'ok').map(a => `${a.attempt} ${a.exchange.outcome} ${JSON.stringify(a.exchange.failure)}`)
    const want = template.messages.perIteration * (template.messages.iterations ?? ITERATIONS)
    console.log(template.name, 'want', want, 'attempts', attempts.length, 'mock', mock.stats().requests ?? JSON.stringify(mock.stats()), [...new Set(bad)].slice(0,3), result.errors.slice(0,2))
  })
})
