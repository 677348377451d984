import { basename } from 'node:path'
import { UsageError } from '../../../errors.ts'
import type { ForeignOptions } from '../../foreign/common/literal.ts'
import type { Imported } from '../request/request.ts'
import { cmdCommands, isForCmd } from './cmd-words.ts'
import { Command } from './command.ts'
import { curlOptions } from './options.ts'
import { unmarked, withAssigned } from './shell-values.ts'
import { type ShellCommand, shellScript } from './shell-words.ts'
import { retryRules, targetOf } from './target.ts'

/** Matches words that may stand before a curl command, such as `sudo`. */
const BEFORE = /^(?:sudo|time|env|command|exec|nohup|[A-Za-z_]\w*=.*)$/s
const ASSIGNMENT = /^([A-Za-z_]\w*)=(.*)$/s

/**
 * Converts curl commands to requests, one for each address.
 * @throws UsageError when there is no curl command, or when one cannot be converted, such as for a file that cannot be read
 */
export function importCurl(written: string, options: ForeignOptions = {}): Imported {
  const notes: string[] = []
  const text = unmarked(written).replace(/^\s*\$ /gm, '')
  const script = isForCmd(text) ? cmdCommands(text).map((words) => ({ words, input: undefined })) : shellScript(text, notes)
  const commands = curlCommands(script, notes).flatMap(({ words, input }) =>
    curlOptions(words).map((list) => new Command(list, { input, notes, readFile: options.readFile })),
  )
  if (commands.length === 0)
    throw new UsageError('the text holds no curl command', 'such as: curl https://api.example.com/chat -d \'{"message": "Hi"}\'')
  const requests = commands.flatMap((command) => command.requests())
  const onError = commands.map(({ options }) => retryRules(options, notes)).find((rules) => rules !== undefined)
  return {
    name: 'imported from curl',
    requests,
    target: Object.assign({}, ...commands.map(({ options }) => targetOf(options, notes))),
    ...(onError === undefined ? {} : { onError }),
    notes,
  }
}

/** Returns the curl commands of a script, with the values of variables that the script has set filled in. */
function curlCommands(script: readonly ShellCommand[], notes: string[]): ShellCommand[] {
  const values = new Map<string, string>()
  const others = new Set<string>()
  const found: ShellCommand[] = []
  for (const { words, input } of script) {
    const filled = words.map((word) => withAssigned(word, values))
    const start = filled.findIndex((word) => !BEFORE.test(word))
    const [program = '', ...rest] = start < 0 ? [] : filled.slice(start)
    if (/^curl(?:\.exe)?$/i.test(basename(program.replaceAll('\\', '/'))))
      found.push({ words: rest, input: input === undefined ? undefined : withAssigned(input, values) })
    else if (start < 0 || /^(?:export|set|declare|local|readonly)$/.test(program))
      for (const [, name = '', value = ''] of [...filled].map((word) => ASSIGNMENT.exec(word) ?? [])) values.set(name, value)
    else if (!/^(?:echo|cat|\}|\{|done|fi)$/.test(program)) others.add(program)
  }
  if (others.size > 0 && found.length > 0) notes.push(`other commands were left out: ${[...others].join(', ').slice(0, 200)}`)
  return found
}
