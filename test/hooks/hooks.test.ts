import { expect, test } from 'vitest'
import { DEFAULT_PRIORITY, HOOKS, hooksIn } from '../../src/hooks/hooks.ts'

test('hooks keep their plugin as `this`, and have a priority', () => {
  const own = {
    seen: [] as object[],
    beforeSend(about: object) {
      this.seen.push(about)
    },
  }
  const { plugin, priority, named } = hooksIn(own, 'own.mjs')
  named.beforeSend?.({ n: 1 })
  expect([plugin, priority, own.seen]).toEqual(['own.mjs', DEFAULT_PRIORITY, [{ n: 1 }]])
  expect(Object.keys(named)).toEqual(['beforeSend'])
  expect(hooksIn({ priority: -1, onError: () => {} }, 'own.mjs').priority).toBe(-1)
  expect(
    Object.keys(
      hooksIn(
        new (class {
          onError() {}
        })(),
        'own.mjs',
      ).named,
    ),
  ).toEqual(['onError'])
})

test.each([
  [null, '`hooks` has to be an object of functions'],
  [{ beforesend: () => {} }, `\`hooks.beforesend\`: there is no such hook; there are ${HOOKS.join(', ')}`],
  [{ onError: 'log' }, '`hooks.onError` has to be a function'],
  [{ priority: 1 }, `\`hooks\` has no hook; there are ${HOOKS.join(', ')}`],
  [{ priority: 'first' }, '`hooks.priority` has to be a number'],
])('%j is refused', (value, message) => {
  expect(() => hooksIn(value, 'own.mjs')).toThrow(message)
})
