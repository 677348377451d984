import { describe, expect, test } from 'vitest'
import { builtInProfiles } from '../../../src/scenario/layers/profiles.ts'
import { BASE, check } from './problems.ts'

describe('built-in profiles', () => {
  test.each(Object.keys(builtInProfiles))('%s fits every scenario', (profile) => {
    const { scenario, problems } = check(`${BASE}load: [ { rate: 1/s, for: 1s } ]\n`, { overlays: { profile } })
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(scenario?.load?.length).toBe(builtInProfiles[profile]?.load.length)
  })

  test.each([
    ['quick', 10, 30],
    ['medium', 50, 120],
    ['heavy', 100, 300],
    ['extreme', 200, 300],
    ['smoke', 5, 30],
    ['spike', 50, 100],
    ['rampup', 50, 150],
    ['soak', 20, 86_400],
    ['capacity-100', 100, 120],
    ['timeout', 10, 30],
  ])('%s: %i users at most, %i s', (profile, users, seconds) => {
    const load = check(BASE, { overlays: { profile } }).scenario?.load ?? []
    const number = (key: string) => load.map(({ fields }) => Number(fields[key]))
    expect(Math.max(...number('users'))).toBe(users)
    expect(number('for').reduce((sum, ms) => sum + ms, 0)).toBe(seconds * 1000)
  })

  test('thresholds of a profile stand beside those of the file', () => {
    const { scenario } = check(`${BASE}thresholds: [ ttft p95 < 1s ]\n`, { overlays: { profile: 'capacity-100' } })
    expect(scenario?.thresholds?.map(({ text }) => text)).toEqual([
      'ttft p95 < 1s',
      'response_time p95 < 10s',
      'errors ratio < 1%',
    ])
  })

  test.each([
    ['target: { url: "http://a.test/chat", timeouts: { connect: 7s, total: 1h } }', ['target']],
    ['targets: { a: { url: "http://a.test/chat", timeouts: { connect: 7s } }, b: { url: "ws://b.test/" } }', ['a', 'b']],
  ])('the profile timeout sets the deadlines of every target: %s', (targets, names) => {
    const { scenario, problems } = check(`name: t\n${targets}\nsteps: [ { message: hi } ]\n`, {
      overlays: { profile: 'timeout' },
    })
    expect(problems).toEqual([])
    const found = names.map((name) => (name === 'target' ? scenario?.target : scenario?.targets?.[name])?.timeouts)
    for (const timeouts of found) expect(timeouts).toMatchObject({ firstToken: 1000, idle: 500, total: 3000 })
    expect(found[0]?.connect).toBe(7000)
    expect(scenario?.thresholds).toMatchObject([{ text: 'timeouts count >= 1', severity: 'warn' }])
  })

  test('the profile of the file wins over one of the same name', () => {
    const { scenario } = check(`${BASE}profiles: { quick: { load: [ { users: 1, for: 1s } ] } }\n`, {
      overlays: { profile: 'quick' },
    })
    expect(scenario?.load).toMatchObject([{ fields: { users: 1 } }])
  })
})
