/** `burn plan --graph`: the flow of a scenario as a tree. */
import { expect, test } from 'vitest'
import { Home } from '../harness.ts'

test('every kind of step, flows with their shares, setup and teardown', async () => {
  const home = new Home()
  home.write('s.json', {
    name: 'all',
    targets: { a: { url: 'mock:' }, b: { url: 'mock:' }, c: { url: 'mock:', preset: 'openai-chat' } },
    setup: [{ request: { method: 'POST', path: '/login' }, capture: { token: '$.token' } }],
    flows: [
      {
        name: 'talk',
        weight: 3,
        target: 'a',
        steps: [
          { message: 'Hi\u001b[2J', name: 'open', expect: [{ contains: 'a' }, { contains: 'b' }] },
          { delay: '1s..3s' },
          { delay: { distribution: 'normal', mean: '1s', sd: '10ms' } },
          { set: { one: 1, two: 2 } },
          { loop: { times: 3, for: '10s', steps: [{ message: 'more' }] } },
          { message: 'Rain?', target: 'c', tools: [{ name: 'weather' }, { name: 'clock' }], toolReply: { '*': 'no' } },
          { if: 'reply.ok', then: [{ message: 'yes' }], else: [{ message: 'no' }] },
        ],
      },
      { name: 'rare', steps: [{ if: 'reply.ok', then: [{ message: 'yes', target: 'b' }] }] },
    ],
    teardown: [{ request: { path: '/bye' } }],
  })
  const { code, stdout } = await home.call(['plan', 's.json', '--graph'])
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "all
    ├─ setup (once, before the load)
    │  └─ request POST /login (keeps token)
    ├─ flow talk (75% of the iterations) → a
    │  ├─ open: message "Hi\\u{1b}[2J" (2 checks)
    │  ├─ delay 1s..3s
    │  ├─ delay normal 1s 10ms
    │  ├─ set one, two
    │  ├─ loop 3 times, for 10s
    │  │  └─ message "more"
    │  ├─ message "Rain?" → c (tools weather, clock, at most 8 rounds)
    │  └─ if reply.ok
    │     ├─ then
    │     │  └─ message "yes"
    │     └─ else
    │        └─ message "no"
    ├─ flow rare (25% of the iterations)
    │  └─ if reply.ok
    │     └─ then
    │        └─ message "yes" → b
    └─ teardown (once, after the load)
       └─ request /bye
    "
  `)
})

test('says what a run would say about a bad file', async () => {
  const home = new Home()
  home.write('s.json', { name: 'x', target: { url: 'mock:' }, steps: [{ mesage: 'hi' }] })
  const { code, stdout, stderr } = await home.call(['plan', 's.json', '--graph'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/unknown key "mesage"/)
})
