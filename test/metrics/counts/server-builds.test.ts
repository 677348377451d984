import { expect, test } from 'vitest'
import { ServerBuilds } from '../../../src/metrics/counts/rate-limits.ts'

test('keeps up to five values of each header that says what the server is', () => {
  const builds = new ServerBuilds()
  builds.see({ 'content-type': 'text/plain' })
  expect(builds.read()).toBeUndefined()
  for (let n = 9; n > 0; n -= 1) builds.see({ server: 'nginx', 'x-build': `${n}`, 'x-commit': 'c'.repeat(1000) })
  expect(builds.read()).toEqual({ server: ['nginx'], 'x-build': ['5', '6', '7', '8', '9'], 'x-commit': ['c'.repeat(100)] })
})
