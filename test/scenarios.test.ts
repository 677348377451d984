import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Result } from '../src/metrics/result.ts'
import { validateFile } from '../src/scenario/validate.ts'
import { type Finished, Home, ROOT } from './cli/harness.ts'

const FOLDER = join(ROOT, 'scenarios')
const NAMES = readdirSync(FOLDER).filter((name) => /\.(ya?ml|json)$/.test(name) && name !== 'burn.schema.json')
/** Children at once: they share the machine with what they measure. */
const AT_ONCE = 3
/** Length of each phase here. */
const SHORT = '800ms'

const path = (name: string) => join(FOLDER, name)

/** Flags that keep the shape of a load, and make it short. */
function shortened(name: string): string[] {
  const load: Readonly<Record<string, unknown>>[] = parse(readFileSync(path(name), 'utf8')).load ?? []
  return load.flatMap((phase, index) =>
    ['for', 'pause', 'ramp'].flatMap((key) => (phase[key] === undefined ? [] : ['--set', `load.${index}.${key}=${SHORT}`])),
  )
}

describe.each(NAMES)('scenarios/%s', (name) => {
  test('has no problems, and no warnings', () => {
    expect(validateFile(path(name), { env: {} }).problems).toEqual([])
  })

  test('begins with what it shows and how to run it', () => {
    const text = readFileSync(path(name), 'utf8')
    if (name.endsWith('.json')) expect(JSON.parse(text).description).toMatch(/\w/)
    else expect(text).toMatch(new RegExp(`^# .+\\n(# .+\\n)*#   npx burn run scenarios/${name}\\b`))
  })
})

describe('against the embedded mock', () => {
  const ran = new Map<string, Finished>()

  beforeAll(async () => {
    const home = new Home()
    const waiting = [...NAMES]
    const work = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const flags = ['--quiet', '--json', '--seed', 'examples', '--allow-lag', '60s', ...shortened(name)]
        ran.set(name, await home.burn(['run', path(name), ...flags]))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  }, 120_000)

  test.each(NAMES)('%s runs, and everything asked of it holds', (name) => {
    const { code, stdout = '', stderr } = ran.get(name) ?? {}
    const results: Result[] = stdout === '' ? [] : [JSON.parse(stdout)].flat()
    const reasons = new Set(results.map(({ reason }) => reason))
    expect({ code, stderr, reasons: [...reasons] }).toEqual({ code: 0, stderr: '', reasons: ['everything asked of it held'] })
  })
})
