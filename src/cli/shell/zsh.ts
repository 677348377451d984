import type { CommandWords, FlagWords } from './words.ts'

/** Escapes a text for single quotes of zsh. */
const inQuotes = (text: string) => text.replaceAll("'", "'\\''")
/** Escapes the first line of a text for the brackets in a specification of zsh's `_arguments`. */
const inBrackets = (text: string) => inQuotes((text.split('\n')[0] ?? '').slice(0, 100).replace(/[[\]:\\]/g, '\\$&'))

/** Returns the script with which the shell zsh completes the commands and flags of burn. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef burn
# zsh completion of burn: burn completion zsh > a folder in $fpath, as _burn; or in ~/.zshrc, eval "$(burn completion zsh)"
_burn_runs() {
  _files -/
  [[ -d burn-results ]] && _path_files -W burn-results -/
}
${commands.map(commandFunction).join('\n')}
if [ "$funcstack[1]" = _burn ]; then _burn "$@"; else compdef _burn burn; fi
`
}

const functionName = (path: readonly string[]) => ['_burn', ...path].join('_').replaceAll('-', '_')

function commandFunction({ path, flags, below, argument }: CommandWords): string {
  const specs = flags.flatMap(flagSpecs)
  const lines = [
    ...specs,
    ...(below.length > 0 ? ["'1: :->command'", "'*:: :->below'"] : argument ? [`'*:argument:${actionOf(argument)}'`] : []),
  ]
  const names = below.map(([name, summary]) => `'${inQuotes(`${name}:${summary.replaceAll(':', '\\:')}`)}'`).join(' ')
  const cases = below.filter(([name]) => name !== 'help').map(([name]) => `${name}) ${functionName([...path, name])} ;;`)
  const rest =
    below.length === 0
      ? ''
      : `  case $state in
    command) local -a names=(${names}); _describe command names ;;
    below) case $line[1] in ${cases.join(' ')} esac ;;
  esac
`
  return `${functionName(path)}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
    ${lines.join(' \\\n    ')}
${rest}}`
}

function flagSpecs({ names, describe, value }: FlagWords): string[] {
  return names.map((name) => `'*${name}[${inBrackets(describe)}]${value === undefined ? '' : `:value:${actionOf(value)}`}'`)
}

function actionOf(kind: NonNullable<CommandWords['argument']>): string {
  if (kind === 'file') return '_files'
  if (kind === 'folder') return '_files -/'
  if (kind === 'run') return '_burn_runs'
  return kind === 'text' ? ' ' : `(${inQuotes(kind.words.join(' '))})`
}
