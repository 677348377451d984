/** Completion by the shells' own engines, and the manual page by groff. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Home } from '../cli/harness.ts'

async function printed(...args: string[]) {
  const home = new Home()
  const { stdout } = await home.burn(args)
  return { home, path: home.file(home.write('script', stdout)) }
}

test.each([
  ['burn runs ', ['cancel', 'list', 'rm', 'show']],
  ['burn runs rm --old', ['--older-than']],
  ['burn run --rate-scope ', ['connection', 'total']],
  ['burn run --preset anthropic-m', ['anthropic-messages']],
  ['burn explain E_UNIT', ['E_UNIT']],
])('fish completes %j', async (line, expected) => {
  const { home, path } = await printed('completion', 'fish')
  const output = execFileSync('fish', ['-c', `source ${path}; complete -C '${line}'`], {
    cwd: home.file(home.folder('empty')),
    encoding: 'utf8',
  })
  expect(output.split('\n').flatMap((text) => text.split('\t')[0] || [])).toEqual(expected)
})

/** A zsh in a terminal of its own gets each line, with its tabs, and prints the words that came of it. */
const TYPED = `
zmodload zsh/zpty
zpty -b z zsh -f -i
until_seen() { local out= line; until [[ $out == *$1* ]]; do zpty -r z line && out+=$line; done; print -rn -- "$out" }
zpty -w z "PS1=; autoload -Uz compinit; compinit -u -d $2; source $1; burn() { print -r -- GOT:\\$* }; print REA''DY"
until_seen READY >/dev/null
shift 2
for typed in "$@"; do zpty -w z "$typed; print -r DO''NE"; until_seen DONE; done
zpty -d z
`

test('zsh completes commands, flags and values', async () => {
  const { home, path } = await printed('completion', 'zsh')
  const lines = ['burn runs ca\t', 'burn run --rate-sc\tco\t', 'burn explain E_UNI\tT', 'burn run --preset anthropic-m\t']
  const output = execFileSync('zsh', ['-f', '-c', TYPED, 'zsh', path, home.file('dump'), ...lines], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  const words = Array.from(output.matchAll(/GOT:([^\r\n]*)/g), ([, text = '']) => text.trim())
  expect(words).toEqual(['runs cancel', 'run --rate-scope connection', 'explain E_UNIT', 'run --preset anthropic-messages'])
})

test('the manual page has no mistakes', async () => {
  const { path } = await printed('man')
  const page = execFileSync('sh', ['-c', `groff -man -ww -Tutf8 ${path} 2>&1 >/dev/null; groff -man -Tascii ${path} | wc -l`], {
    encoding: 'utf8',
  })
  expect(Number(page.trim())).toBeGreaterThan(500)
})
