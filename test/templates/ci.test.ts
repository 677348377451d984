import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { CI_SYSTEMS, ciRecipe, SMOKE_FILE, SOURCE_VARIABLE } from '../../src/templates/ci.ts'

const SOURCE = `git+https://h/$1 "x": #é`

test.each(CI_SYSTEMS)('%s takes any source as it is written', (system) => {
  const text = ciRecipe(system, SOURCE)
  expect(JSON.stringify(parse(text))).toContain(JSON.stringify(SOURCE))
  expect(text).not.toContain('<source>')
})

test.each(['github', 'github-compare', 'gitlab'] as const)(
  '%s without one reads the variable, and says where to set it',
  (system) => {
    const text = ciRecipe(system, undefined)
    expect(text).toContain(SOURCE_VARIABLE)
    expect(text).toContain(SMOKE_FILE)
    expect(ciRecipe(system, 'x')).not.toContain('a variable of the')
  },
)
