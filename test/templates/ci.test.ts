import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CI_FILES, CI_SYSTEMS, ciRecipe, IMAGE_SYSTEMS, SMOKE_FILE, SOURCE_VARIABLE } from '../../src/templates/ci.ts'

const SOURCE = `git+https://h/$1 "x": #é`

/** Those whose files are YAML, and install burn. */
const PIPELINES = CI_SYSTEMS.filter((system) => system !== 'docker' && !IMAGE_SYSTEMS.includes(system))

test.each(PIPELINES)('%s takes any source as it is written', (system) => {
  const text = ciRecipe(system, SOURCE)
  expect(JSON.stringify(parse(text))).toContain(JSON.stringify(SOURCE))
  expect(text).not.toContain('<source>')
})

test.each(['github', 'github-compare', 'github-action', 'gitlab', 'docker'] as const)(
  '%s without one reads the variable, and says where to set it',
  (system) => {
    const text = ciRecipe(system, undefined)
    expect(text).toContain(SOURCE_VARIABLE)
    expect(text).toContain(SMOKE_FILE)
    expect(ciRecipe(system, 'x')).not.toContain('a variable of the')
  },
)

test('github runs every night, beside pull requests', () => {
  const { on } = parse(ciRecipe('github', undefined))
  expect(on.schedule).toEqual([{ cron: '17 3 * * *' }])
  expect(on).toHaveProperty('pull_request')
})

describe('docker', () => {
  const lines = (source?: string) =>
    ciRecipe('docker', source)
      .split('\n')
      .filter((line) => !line.startsWith('#'))
  const argsOf = (keyword: string, all = lines()) =>
    all.flatMap((line) => (line.startsWith(`${keyword} `) ? [line.slice(keyword.length + 1)] : []))

  test('takes any source as it is written: no variable in it is replaced', () => {
    const [placed = ''] = argsOf('ARG', lines(SOURCE))
    expect(JSON.parse(placed.slice('BURN_SOURCE='.length).replaceAll('\\$', '$'))).toBe(SOURCE)
    expect(placed).not.toMatch(/(?<!\\)\$/)
    expect(argsOf('ARG')).toEqual(['BURN_SOURCE'])
  })

  test('pins its Node, in both stages the same, and it is one that burn runs on', () => {
    const images = argsOf('FROM').map((line) => line.split(' ')[0] ?? '')
    expect(images).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm$/), `${images[0]}-slim`])
    const [major = 0, minor = 0] = (images[0]?.slice('node:'.length).split('.') ?? []).map(Number)
    expect(major > 22 || (major === 22 && minor >= 19)).toBe(true)
  })

  test('runs as a user without rights, whom the folder of results belongs to, and never writes there before', () => {
    const all = lines()
    const at = (line: string) => all.indexOf(line)
    expect(at('USER node')).toBeGreaterThan(at('RUN mkdir burn-results && chown node:node burn-results'))
    expect(at('ENTRYPOINT ["burn"]')).toBeGreaterThan(at('USER node'))
    expect(argsOf('CMD').map((line) => JSON.parse(line))).toEqual([['run', SMOKE_FILE]])
  })
})

test('the action has every input that it reads, and puts none into its script', () => {
  const { inputs, runs } = parse(ciRecipe('github-action', undefined))
  const read = [...JSON.stringify(runs).matchAll(/inputs\.(\w+)/g)].map(([, name]) => name)
  expect([...new Set(read)].sort()).toEqual(Object.keys(inputs).sort())
  for (const { run = '' } of runs.steps) expect(run).not.toContain('${{')
  for (const { run, shell } of runs.steps) expect(shell).toBe(run === undefined ? undefined : 'bash')
})

test('every file says in its first line where it belongs', () => {
  for (const system of CI_SYSTEMS) expect(ciRecipe(system, 'x').startsWith(`# ${CI_FILES[system]}: `)).toBe(true)
})
