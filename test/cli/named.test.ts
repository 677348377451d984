/** Messages, hints and examples name only commands and flags that exist: whoever follows one must not be told that there is no such thing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { buildProgram } from '../../src/cli/program.ts'

const SRC = join(import.meta.dirname, '..', '..', 'src')
/** Flags of other programs: those of curl, which `burn convert` reads, of what a generated pipeline calls, and of V8; and the variables of a style sheet. */
const FOREIGN: readonly (readonly [file: RegExp, flag: RegExp])[] = [
  [/^templates\/imports\/curl/, /./],
  [/^cli\/compiled\.ts$/, /flush-bytecode$/],
  [/^report\/html\/page\/style\.ts$/, /./],
  [/^machine\.ts$/, /semi-space-growth-factor$/],
]

const program = buildProgram({ code: 0 })
const commands = new Map(program.commands.map((command) => [command.name(), flagsOf(command)]))
const everyFlag = new Set([...commands.values()].flatMap((flags) => [...flags]))

function flagsOf(command: Command): ReadonlySet<string> {
  const all = [program, command, ...command.commands].flatMap(({ options }) => options)
  const own = all.flatMap(({ long }) => long ?? [])
  return new Set([...own, '--help'])
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => [name.replaceAll('\\', '/'), withoutComments(readFileSync(join(SRC, name), 'utf8'))] as const)

/** What `pattern` finds in the sources and `wrong` objects to, with its file. */
function found(pattern: RegExp, wrong: (match: RegExpMatchArray, file: string) => boolean): string[] {
  return sources.flatMap(([file, text]) =>
    [...text.matchAll(pattern)].filter((match) => wrong(match, file)).map(([all]) => `${file}: ${all.trim()}`),
  )
}

const isForeign = (file: string, flag: string) => FOREIGN.some(([files, flags]) => files.test(file) && flags.test(flag))

test('there is something to look at', () => {
  expect(found(/[`'"\n] *burn [a-z]+/g, () => true).length).toBeGreaterThan(40)
  expect(found(/(?<![\w-])--[a-z][a-z-]*/g, () => true).length).toBeGreaterThan(100)
  expect(commands.get('run')).toContain('--allow-lag')
  expect(commands.get('run')).toContain('--help')
})

test('every command that is named exists', () => {
  // Between back quotes, or at the start of a line of examples: "burn brings a target" names none.
  const unknown = found(/(?:`|\n +|[|&] *)burn ([a-z][a-z-]*)/g, ([, name = '']) => name !== 'help' && !commands.has(name))
  expect(unknown).toEqual([])
})

test('every flag that is named exists', () => {
  const unknown = found(
    /(?<![\w-]|&& )--[a-z](?:[a-z-]*[a-z])?(?![a-z-])/g,
    ([flag], file) => !everyFlag.has(flag) && !isForeign(file, flag),
  )
  expect(unknown).toEqual([])
})

test('a flag that is named with its command is one of that command', () => {
  const strange = found(/[`'"\n] *burn ([a-z]+)([^`'"\n]*)/g, ([, name = '', rest = '']) =>
    // What stands behind -- is for another command.
    [...rest.replace(/ -- .*/, '').matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].some(
      ([flag]) => commands.has(name) && !commands.get(name)?.has(flag),
    ),
  )
  expect(strange).toEqual([])
})
