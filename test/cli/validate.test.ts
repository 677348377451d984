import { describe, expect, test } from 'vitest'
import { Home } from './harness.ts'
import { generic } from './validate/reading-of.ts'

describe('burn validate', () => {
  const scenario = (own: object = {}) => ({ name: 't', ...generic({ text: '$.repl' }), steps: [{ message: 'hi' }], ...own })

  test('an alias inside its own anchor has its place', async () => {
    const home = new Home()
    home.write('a.yaml', 'name: t\nvars: &v { a: { b: *v } }\ntarget: { url: "http://127.0.0.1/" }\nsteps: [{ request: {} }]\n')
    const { code, stdout } = await home.call(['validate', 'a.yaml'])
    expect([code, stdout]).toEqual([2, expect.stringMatching(/^a\.yaml:2:20: error E_ALIAS \*v stands inside &v/)])
  })

  test.each([
    ['tags of a step', { steps: [{ message: 'hi', tags: { a: { b: 1 } } }] }],
    ['tags of a target', { target: { url: 'http://127.0.0.1/', tags: { a: { b: 1 } } } }],
    ['the name of a flow', { steps: undefined, flows: [{ name: { b: 1 }, steps: [{ message: 'hi' }] }] }],
    ['a list of maps', { steps: [{ message: 'hi', tags: { a: [[{}]] } }] }],
    ['the address of a mock', { target: { url: { b: 1 }, mock: {} } }],
  ])('a map in the place of a text is an error of type at its place: %s', async (_, own) => {
    const home = new Home()
    home.write('a.json', scenario(own))
    const { code, stdout, stderr } = await home.call(['validate', 'a.json'])
    expect([code, stderr]).toEqual([2, expect.not.stringContaining('bug')])
    expect(stdout).toMatch(/^a\.json:\d+:\d+: error E_TYPE /m)
  })

  test('--sample: exit 2 at the line of the scenario, and what every path finds', async () => {
    const home = new Home()
    home.write(
      'a.yaml',
      'name: t\ntarget:\n  url: http://127.0.0.1/\n  response:\n    text: $.repl\nsteps: [ { message: hi } ]\n',
    )
    home.write('r.json', { reply: 'hello\u001b[2J' })
    const { code, stdout } = await home.call(['validate', 'a.yaml', '--sample', 'r.json'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^a\.yaml:5:11: error E_SAMPLE \$\.repl finds nothing in r\.json\n/)
    expect(stdout).toContain('hint: did you mean $.reply?')
    expect(stdout).toContain('  ✗ response.text  $.repl  nothing; did you mean $.reply?\n')
    expect(stdout).not.toContain('\u001b[2J')
    const json = JSON.parse((await home.call(['validate', 'a.yaml', '--sample', 'r.json', '--format', 'json'])).stdout)
    expect(json).toMatchObject({
      errors: 1,
      samples: [{ file: 'a.yaml', paths: [{ place: 'target.response.text', state: 'missing' }] }],
    })
    home.write('good.json', { repl: 'hello' })
    expect((await home.call(['validate', 'a.yaml', '--sample', 'good.json', '--quiet'])).code).toBe(0)
  })

  test.each([
    [['--sample', 'none.json'], /--sample none\.json: there is no such file/],
    [['--sample', 'empty.json'], /--sample empty\.json: the file is empty/],
    [['--step', 'open'], /--step says whose reply --sample is: there is no --sample/],
    [['--set', 'nothing'], /--set nothing: expected path=value/],
  ])('%j is bad usage', async (flags, message) => {
    const home = new Home()
    home.write('a.json', scenario())
    home.write('empty.json', ' \n')
    const { code, stderr } = await home.call(['validate', 'a.json', ...flags])
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) })
  })

  test('a glob that matches nothing hides no problem of the other files; a file counts once', async () => {
    const home = new Home()
    home.write('a.yaml', 'x: 1\n')
    const { code, stdout, stderr } = await home.call(['validate', 'a.yaml', './a.yaml', 'none*.yaml'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^a\.yaml:1:1: error E_MISSING_KEY/)
    expect(stderr).toMatch(/^1 file: /)
    expect(stderr).toContain('burn: none*.yaml matches no file')
  })

  test.each(['validate', 'run', 'plan'])(
    '%s: settings of the mock that it does not have are found before the run',
    async (command) => {
      const home = new Home()
      home.write('m.yaml', 'name: m\ntarget:\n  url: "mock:"\n  mock: { firstTokenMS: 2 }\nsteps: [{ message: hi }]\n')
      const { code, stdout, stderr } = await home.call([command, 'm.yaml'])
      expect(code).toBe(2)
      expect(stdout + stderr).toContain('m.yaml:4:11: error E_UNKNOWN_KEY')
      expect(stdout + stderr).toContain('did you mean firstTokenMs?')
    },
  )

  test('--profile, --environment and --set check what a run would take', async () => {
    const home = new Home()
    home.write(
      'a.json',
      scenario({
        profiles: { night: { load: [{ users: 0, for: '1h' }] } },
        environments: { prod: { seed: [] }, dev: { seed: 1 } },
      }),
    )
    const problems = async (...flags: string[]) => {
      const { code, stdout } = await home.call(['validate', 'a.json', ...flags])
      return { code, found: Array.from(stdout.matchAll(/^(?:\S+ )?error (\S+ .*)$/gm), ([, text]) => text) }
    }
    expect((await problems()).found).toHaveLength(2)
    expect(await problems('--environment', 'dev')).toEqual({ code: 0, found: [] })
    expect(await problems('--profile', 'quick')).toEqual({ code: 0, found: [] })
    expect((await problems('--profile', 'night')).found).toEqual([expect.stringMatching(/^E_\w+ .*got 0/)])
    expect((await problems('--environment', 'dev', '--set', 'steps.0.name=a/b')).found).toEqual([
      expect.stringMatching(/flag --set steps\.0\.name: expected a name/),
    ])
    expect((await problems('--profile', 'nigt')).found).toEqual(['E_OVERLAY there is no profile "nigt"'])
    const { stdout } = await home.call(['validate', 'a.json', '--environment', 'prd'])
    expect(stdout).toContain('hint: did you mean prod? environments: prod, dev')
  })

  test('of several files, those that have the profile are checked all the same', async () => {
    const home = new Home()
    home.write('a.json', scenario({ profiles: { night: { seed: [] } } }))
    home.write('b.json', scenario())
    const { code, stdout } = await home.call(['validate', '*.json', '--profile', 'night'])
    expect(code).toBe(2)
    expect(stdout).toMatch(/^a\.json:\d+:\d+: error/m)
    expect(stdout).toMatch(/^b\.json:1:1: error E_OVERLAY there is no profile "night"/m)
  })
})
