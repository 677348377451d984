import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'
import { schemaText } from '../../src/cli/schema.ts'
import { commandWords } from '../../src/cli/shell/words.ts'
import { EXIT_MEANINGS } from '../../src/errors.ts'
import { Home, ROOT } from './harness.ts'

/** Asks bash what may follow these words, with the script of burn. */
async function completions(...words: string[]): Promise<string[]> {
  const home = new Home()
  home.write('burn-results/chat-20260101-120000/result.json', '{}')
  home.write('chat.yaml', '')
  const script = home.write('burn.bash', (await home.call(['completion', 'bash'])).stdout)
  const ask = `source ${script}; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _burn; printf '%s\\n' "\${COMPREPLY[@]}"`
  const output = execFileSync('bash', ['-c', ask, 'bash', 'burn', ...words], { cwd: home.file('.'), encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}

describe('burn completion bash', () => {
  test.each<[string[], string[]]>([
    [['ru'], ['run', 'runs']],
    [
      ['runs', ''],
      ['list', 'show', 'cancel', 'rm'],
    ],
    [['runs', 'rm', '--ol'], ['--older-than']],
    [['runs', '--ol'], []],
    [['schedule', 'chat.yaml', '--max'], ['--max-runs']],
    [['schedule', 'chat.yaml', '--cron', '@daily', '--', '--rate-s'], ['--rate-scope']],
    [
      ['run', '--rate-scope', ''],
      ['connection', 'total'],
    ],
    [['run', '--preset', 'anthropic-m'], ['anthropic-messages']],
    [['run', '-c', ''], []],
    [['run', 'ch'], ['chat.yaml']],
    [['explain', 'E_UNIT'], ['E_UNIT']],
    [['webhook', 'ver'], ['verify']],
    [['runs', 'show', ''], ['chat-20260101-120000']],
    [
      ['help', 'ru'],
      ['run', 'runs'],
    ],
  ])('%j', async (words, expected) => {
    expect(await completions(...words)).toEqual(expected)
  })
})

test('every command and flag is in the scripts and in the manual page', async () => {
  const home = new Home()
  const { stdout: help } = await home.call(['run', '--help'])
  const flags = [...new Set(help.match(/(?<=^ {2}(?:-\w, )?)--[a-z-]+/gm))]
  expect(flags.length).toBeGreaterThan(50)
  const texts = await Promise.all(
    [['completion', 'bash'], ['completion', 'zsh'], ['completion', 'fish'], ['man']].map(
      async (args) => (await home.call(args)).stdout,
    ),
  )
  const [bash = '', zsh = '', fish = '', man = ''] = texts
  for (const flag of flags) {
    expect(bash).toContain(flag)
    expect(zsh).toContain(`${flag}[`)
    expect(fish).toContain(`-l ${flag.slice(2)} `)
    expect(man).toContain(flag.replaceAll('-', '\\-'))
  }
})

test('llms.txt names every command, key, exit code and page of a problem; its links lead to files of the package', async () => {
  const { code, stdout } = await new Home().call(['man', '--llms'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^# burn \S+\n\n> \S[^\n]*\n\n/)
  const program = buildProgram({ code: 0 })
  const named = commandWords(program).filter(({ path, below }) => path.length > 0 && below.length === 0)
  expect(named.length).toBeGreaterThan(20)
  for (const { path, flags } of named) {
    const line = stdout.split('\n').find((one) => one.startsWith(`- \`burn ${path.join(' ')} `)) ?? ''
    expect(flags.filter(({ usage }) => !line.includes(`\`${usage}\``))).toEqual([])
  }
  const links = [...stdout.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to)
  expect(links.filter((to) => !existsSync(join(ROOT, to)))).toEqual([])
  expect(links).toEqual(
    expect.arrayContaining(readdirSync(join(ROOT, 'scenarios', 'problems')).map((page) => `scenarios/problems/${page}`)),
  )
  for (const key of Object.keys(JSON.parse(schemaText('scenario')).properties)) expect(stdout).toContain(`\n- \`${key}\`: `)
  for (const exit of Object.keys(EXIT_MEANINGS)) expect(stdout).toContain(`\n- ${exit}: `)
})
